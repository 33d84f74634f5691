/**
 * Every part of @grafana/ui that Grafana marks as internal, alpha or beta and that the panel uses, in one place: when Grafana moves
 * one, this file is where the panel follows.
 */
export {
  AxisPlacement,
  EventBusPlugin,
  PanelContextProvider,
  PointVisibility,
  ScaleDistribution,
  TooltipDisplayMode,
  TooltipPlugin2,
  UPlotChart,
  UPlotConfigBuilder,
  VizLayout,
  VizLegend,
  commonOptionsBuilder,
  usePanelContext,
} from '@grafana/ui';
export type { PanelContext, VizLegendItem } from '@grafana/ui';

/** Names of constant enums that exist as types alone: ScaleOrientation, ScaleDirection, TooltipHoverMode, DashboardCursorSync. */
export const orientation = { horizontal: 0, vertical: 1 } as const;
export const direction = { up: 1, right: 1 } as const;
export const hoverMode = { one: 0, all: 1 } as const;
