export { webFlags, type WebListening, webListening } from './web/flags.ts';
export { senderOf, type Sender, type Tokens } from './web/sender.ts';
export { createWebServer, type RequestHandler, type WebServer, type WebServerOptions } from './web/server.ts';
