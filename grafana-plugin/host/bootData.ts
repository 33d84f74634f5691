// What Grafana's server writes into its page; @grafana/runtime reads it as it loads.
Object.assign(window, {
  grafanaBootData: {
    settings: { buildInfo: { version: '0.0.0', env: 'production' }, featureToggles: {}, bootData: {} },
    user: { locale: 'en-US' },
    navTree: [],
  },
  __grafana_public_path__: '/public/',
});
