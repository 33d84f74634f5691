/** What no schema says in words: the probe modules, whose format is another project's. */
export const PROBES_TEXT = `
## Probes

\`/probe?target=TARGET&module=NAME\` probes once and answers with blackbox_exporter's metric families; \`&debug=true\` shows how it went, \`&hostname=NAME\` sets the Host header (http) or the name to verify (tcp). The deadline is Prometheus' scrape timeout less half a second, or the module's \`timeout\` if that is shorter.

\`--probe.config.file\` names a file with \`modules\` in the form of blackbox_exporter's \`blackbox.yml\`. The probers http, tcp, icmp and dns are served with all keys of version 0.23 but the proxy's and OAuth's (\`proxy_url\`, \`skip_resolve_phase_with_proxy\`, \`oauth2\`), which are refused; modules of grpc are taken and not served. Without a file there are \`http_2xx\`, \`http_post_2xx\`, \`tcp_connect\` and \`icmp\`. The file is taken anew when it changes.

ICMP needs 64-bit Linux, the optional package koffi, and CAP_NET_RAW or a group in \`net.ipv4.ping_group_range\`.

Static probes are probed in the background and stand in \`/metrics\` with the labels probe, target and module; their list stands beside the modules, or in \`--config.file\`:

| Key | Default | What it says |
|---|---|---|
| \`probes[].target\` | required | What to probe: an address or URL as the module's prober wants it. |
| \`probes[].module\` | \`http_2xx\` | The module to probe it by. |
| \`probes[].name\` | the target | The label probe; no two may have the same. |
| \`probes[].interval\` | \`15s\` | Time between two probes, at least 1s. |

`;

/** The same for the web configuration file. */
export const WEB_TEXT = `
## Web configuration

\`--web.config.file\` names a file in the form of Prometheus' exporter toolkit 0.17, for both programs. Unknown keys are faults; relative paths start at the file. The file, the certificates and the users are taken anew when they change; a change that cannot be used is logged, and the last good state stays.

\`\`\`yaml
tls_server_config:
  cert_file: server.crt
  key_file: server.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: clients.crt
  client_allowed_sans: [prometheus.example.org]
  min_version: TLS13
http_server_config:
  headers: { Strict-Transport-Security: max-age=31536000 }
basic_auth_users:
  prometheus: $2y$10$B1GBKW4kOkGF5Lj3Ld7UKuqtVOV3NcTRQrxGBfOnLqw5rDvBmPLPa
rate_limit: { interval: 100ms, burst: 20 }
\`\`\`

Without TLS, passwords travel in the clear. Durations of this file are Go's: \`100ms\`, \`1m30s\`.

| Key | Default | What it says |
|---|---|---|
| \`tls_server_config.cert_file\`, \`cert\` | | Certificate as PEM, from a file or inline. |
| \`tls_server_config.key_file\`, \`key\` | | Its key, without a passphrase. |
| \`tls_server_config.client_auth_type\` | \`NoClientCert\` | \`NoClientCert\`, \`RequestClientCert\`, \`RequireAnyClientCert\`, \`VerifyClientCertIfGiven\` or \`RequireAndVerifyClientCert\`. |
| \`tls_server_config.client_ca_file\`, \`client_ca\` | Node's authorities | Who signs the clients' certificates. |
| \`tls_server_config.client_allowed_sans\` | | Names (DNS, IP, e-mail, URI) of which a client's certificate must have one. |
| \`tls_server_config.min_version\` | \`TLS12\` | \`TLS10\` to \`TLS13\`. |
| \`tls_server_config.max_version\` | \`TLS13\` | \`TLS10\` to \`TLS13\`. |
| \`tls_server_config.cipher_suites\` | OpenSSL's | Suites up to TLS 1.2 by Go's names; those of TLS 1.3 are always on. |
| \`tls_server_config.prefer_server_cipher_suites\` | \`true\` | Whose order of suites counts. |
| \`tls_server_config.curve_preferences\` | OpenSSL's | \`CurveP256\`, \`CurveP384\`, \`CurveP521\`, \`X25519\`. |
| \`http_server_config.http2\` | \`true\` | HTTP/2, over TLS alone. |
| \`http_server_config.headers\` | | \`Content-Security-Policy\`, \`X-Frame-Options\`, \`X-Content-Type-Options\`, \`X-XSS-Protection\`, \`Strict-Transport-Security\` of every answer. |
| \`basic_auth_users\` | | User names with bcrypt hashes (\`htpasswd -nBC 10 ""\`). |
| \`rate_limit.interval\` | \`0\` | Time for one more request, over all clients together; 0 is no limit. |
| \`rate_limit.burst\` | | Requests that may come at once. |
`;

/** How a changed file comes into force. */
export const RELOAD_TEXT = `A changed file comes into force without a restart by SIGHUP or a POST (or PUT) to \`/-/reload\`, as in Prometheus:

\`\`\`sh
curl -X POST http://127.0.0.1:9867/-/reload
\`\`\`

- All of the new file is read first: secrets, calendars and plug-ins with it. Where anything is wrong, nothing changes; the log and the answer (status 500) name every fault with its place, and \`presage_config_last_reload_successful\` is 0 until a file is right. \`presage_config_last_reload_success_timestamp_seconds\` says when one last was.
- A watch whose entry says the same goes on as if nothing had happened: no sample is lost, taken twice or waited for, and nothing is learnt anew.
- A watch whose entry changed ends, is saved, and starts anew with what of its history still fits, as after a restart. Its name is what it is known by: under another name it is another watch.
- A watch that is gone leaves /metrics at once; its state file stays in the folder for when it comes back.
- \`prometheus\`, \`metrics\`, \`hosts\`, \`transports\` and \`models\` change with the file, and passwords and tokens are read again. Flags need a restart. The [web configuration](#web-configuration) needs neither: it is read again when it changes.
`;
