import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeCertificates } from '../../service/src/web/certificates.fixture.ts';
import { renderAlertmanager } from '../../stack/src/alertmanager/render.ts';
import { findBinaries } from '../../stack/src/binaries.ts';
import { setEverywhere } from '../../stack/src/configuration.ts';
import { choosePorts } from '../../stack/src/ports.ts';
import { Child, type ChildPlan } from '../../stack/src/processes/child.ts';
import { waitFor } from '../../stack/src/wait.ts';
import { repositoryFile, testMachine } from '../contract/machine.ts';
import { openMailbox, type Mail, type Mailbox } from './mailbox.ts';
import { serve, type TestServer } from './started-program.ts';

/** What a receiver was sent over HTTP. */
export interface Post {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** An alert as Prometheus hands it to Alertmanager; times in ISO form. */
export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly generatorURL?: string;
}

export interface NotificationRigOptions {
  /** Changes the text of alertmanager.yml before its secrets are put in. */
  readonly change?: (text: string) => string;
  /** What the receivers answer, instead of "ok"; it may leave the response open. */
  readonly answer?: (post: Post, response: ServerResponse) => void;
  /** Whether the mail server is there from the start; yes unless told. */
  readonly mailbox?: boolean;
}

export const secrets = { 'smtp-password': 'open sesame', 'webhook-token': 's3cret' };
const account = { user: 'presage@example.org', password: secrets['smtp-password'] };
const file = repositoryFile('alertmanager/alertmanager.yml');

/**
 * The shipped alertmanager.yml on a real Alertmanager that hurries, with receivers on loopback: `/slack` and `/presage` over HTTP, and a
 * mail server with STARTTLS and AUTH.
 */
export class NotificationRig {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'presage-notifications-'));
  readonly posts: Post[] = [];
  readonly #options: NotificationRigOptions;
  #receiver: TestServer | undefined;
  #mailbox: Mailbox | undefined;
  #alertmanager: Child | undefined;
  #ports = { alertmanager: 0, mail: 0 };

  constructor(options: NotificationRigOptions = {}) {
    this.#options = options;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#ports.alertmanager}`;
  }

  /** Mails taken so far, oldest first. */
  mails(): Promise<readonly Mail[]> {
    return Promise.all(this.#mailbox?.mails ?? []);
  }

  /** Starts the receivers and Alertmanager; all are stopped again where one does not start. */
  async start(): Promise<void> {
    this.#ports = await choosePorts(this.#ports);
    makeCertificates(this.folder, 'ec');
    this.#receiver = await serve((request, body, response) => {
      const post = { path: String(request.url), authorization: request.headers.authorization, body: body.toString() };
      this.posts.push(post);
      if (this.#options.answer === undefined) response.end('ok');
      else this.#options.answer(post, response);
    });
    if (this.#options.mailbox !== false) await this.openMailbox();
    mkdirSync(`${this.folder}/secrets`);
    for (const [name, secret] of Object.entries({ ...secrets, 'slack-url': `${this.#receiver.url}/slack` }))
      writeFileSync(`${this.folder}/secrets/${name}`, `${secret}\n`);
    this.configure(this.#options.change ?? ((text) => text));
    await this.startAlertmanager();
  }

  /** The mail server begins to answer. */
  async openMailbox(): Promise<void> {
    this.#mailbox = await openMailbox(this.#ports.mail, this.folder, account);
  }

  /**
   * Renders alertmanager.yml anew, changed; `reload` makes Alertmanager take it. Tickets do not wait for working hours unless told, so
   * that no test depends on the time of the day.
   */
  configure(change: (text: string) => string, { quietHours } = { quietHours: false }): void {
    const hasty = ['group_wait', 'group_interval'].reduce((text, key) => setEverywhere(text, file, key, '1s'), readFileSync(file, 'utf8'));
    // The certificate of the mail server is of an authority that nobody knows.
    const trusting = hasty.replace('require_tls: true', `require_tls: true\n        tls_config: { ca_file: ${this.folder}/ca.crt }`);
    const { text } = renderAlertmanager(change(trusting), file, {
      replacements: {
        '/etc/alertmanager/secrets/': `${this.folder}/secrets/`,
        '/etc/alertmanager/': `${repositoryFile('alertmanager')}/`,
        'https://alerts.example.org': String(this.#receiver?.url),
        'mail.example.org:587': `127.0.0.1:${this.#ports.mail}`,
      },
      environment: {},
      missing: 'refuse',
      quietHours,
    });
    writeFileSync(`${this.folder}/alertmanager.yml`, text);
  }

  async startAlertmanager(): Promise<void> {
    this.#alertmanager = new Child(await this.#plan(), { started: () => {}, say: () => {} });
    await this.#alertmanager.start();
  }

  async stopAlertmanager(): Promise<void> {
    await this.#alertmanager?.stop();
  }

  async reload(): Promise<void> {
    const { status } = await fetch(`${this.url}/-/reload`, { method: 'POST' });
    if (status !== 200) throw new Error(`reload: got status ${status}, want 200`);
  }

  async stop(): Promise<void> {
    await this.stopAlertmanager();
    await Promise.all([this.#receiver?.close(), this.#mailbox?.close()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Hands alerts in as Prometheus does. */
  async send(...alerts: readonly Alert[]): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${this.url}/api/v2/alerts`, { method: 'POST', headers, body: JSON.stringify(alerts) });
    if (response.status !== 200) throw new Error(`alerts: got status ${response.status} (${await response.text()}), want 200`);
  }

  /** Waits for a message to `/slack` or `/presage` that holds a text. */
  posted(place: string, text: string): Promise<Post> {
    const find = (): Promise<Post | undefined> =>
      Promise.resolve(this.posts.find((post) => post.path === place && post.body.includes(text)));
    return waitFor(find, { what: `a message to ${place} with ${text}`, deadline: 60 });
  }

  /** Waits for a mail whose subject or text holds a text. */
  mailed(text: string): Promise<Mail> {
    const find = async (): Promise<Mail | undefined> =>
      (await this.mails()).find((mail) => mail.subject.includes(text) || mail.text.includes(text));
    return waitFor(find, { what: `a mail with ${text}`, deadline: 60 });
  }

  /** Waits until the alert of that name is suppressed (inhibited) or active, and gives its labels. */
  async becomes(state: 'suppressed' | 'active', alertname: string): Promise<Readonly<Record<string, string>>> {
    const url = `${this.url}/api/v2/alerts?filter=${encodeURIComponent(`alertname="${alertname}"`)}`;
    const ask = async (): Promise<Readonly<Record<string, string>> | undefined> => {
      const [found]: { labels: Record<string, string>; status: { state: string } }[] = JSON.parse(await (await fetch(url)).text());
      return found?.status.state === state ? found.labels : undefined;
    };
    return await waitFor(ask, { what: `${alertname} to be ${state}`, deadline: 60 });
  }

  async #plan(): Promise<ChildPlan> {
    const { alertmanager: program } = await findBinaries(testMachine());
    const options = [
      `--config.file=${this.folder}/alertmanager.yml`,
      `--storage.path=${this.folder}/data`,
      '--cluster.listen-address=',
      `--web.listen-address=127.0.0.1:${this.#ports.alertmanager}`,
      '--web.external-url=http://alertmanager.example.org/',
      '--web.route-prefix=/',
    ];
    return {
      name: 'alertmanager',
      command: program.path,
      args: [...program.args, ...options],
      folder: program.folder ?? this.folder,
      environment: { ...process.env, ...program.environment },
      log: `${this.folder}/alertmanager.log`,
      readyUrl: `${this.url}/-/ready`,
      startDeadline: 60,
      stopDeadline: 10,
    };
  }
}
