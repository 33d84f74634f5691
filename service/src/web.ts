export { webFlags } from './web/flags.ts';
export { createWebServer, type RequestHandler, systemdSockets, type WebServer, type WebServerOptions } from './web/server.ts';
