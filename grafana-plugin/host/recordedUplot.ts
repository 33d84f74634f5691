import Real, { type AlignedData, type Options } from 'uplot';

/** Every plot that was made on this page, the newest last. Stands in for uPlot in the bundle of the host page. */
export const plots: Real[] = [];

/** Makes a plot as `new uPlot` does and keeps it. */
function uPlot(options: Options, data: AlignedData, target: HTMLElement): Real {
  const plot = new Real(options, data, target);
  plots.push(plot);
  return plot;
}

export default Object.assign(uPlot, Real);
