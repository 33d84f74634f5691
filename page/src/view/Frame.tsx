import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ThemeChoice } from '../chart/theme.ts';
import { routeOf, type Route } from '../data/route.ts';
import { useSignal } from '../data/signal.ts';
import type { Page } from '../page.ts';
import { DryRun } from './DryRun.tsx';
import { Fleet } from './Fleet.tsx';
import { Host } from './Host.tsx';
import { Incidents } from './Incidents.tsx';
import { SourceFaults } from './SourceFaults.tsx';
import { WatchList } from './WatchList.tsx';
import { WatchView } from './WatchView.tsx';

/** Header, navigation and the view that the address names. */
export const Frame = ({ page }: { page: Page }): JSX.Element => {
  const [route, setRoute] = useState(() => routeOf(location.hash));
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    const turn = (): void => {
      setRoute(routeOf(location.hash));
      page.span.set({ ...page.span.get(), zoom: null });
      window.scrollTo(0, 0);
      main.current?.focus();
    };
    window.addEventListener('hashchange', turn);
    return () => window.removeEventListener('hashchange', turn);
  }, []);
  useEffect(() => {
    document.title = `${titleOf(route)} · Presage`;
  }, [route]);
  return (
    <>
      <header>
        <a class="skip" href={location.hash || '#/'} onClick={(event) => skip(event, main.current)}>
          To the content
        </a>
        <a class="name" href="#/">
          <img src="page/icon.svg" alt="" width="26" height="26" />
          Presage
        </a>
        <nav aria-label="Views">
          <Tab to="#/" current={route.view === 'fleet' || route.view === 'host'}>
            Fleet
          </Tab>
          <Tab to="#/watches" current={route.view === 'watches' || route.view === 'watch'}>
            Watches
          </Tab>

          <Tab to="#/anomalies" current={route.view === 'anomalies'}>
            Anomalies
          </Tab>
          <Tab to="#/dry-run" current={route.view === 'dry-run'}>
            Dry run
          </Tab>
        </nav>
        <div class="tools">
          <Connection page={page} />
          <ThemeSwitch page={page} />
        </div>
      </header>
      <main ref={main} tabIndex={-1}>
        <SourceFaults page={page} />
        <View route={route} page={page} />
      </main>
    </>
  );
};

const View = ({ route, page }: { route: Route; page: Page }): JSX.Element => {
  switch (route.view) {
    case 'fleet':
      return <Fleet page={page} />;
    case 'host':
      return <Host key={route.host} page={page} host={route.host} />;
    case 'watches':
      return <WatchList page={page} />;
    case 'watch':
      return <WatchView key={route.watch} page={page} watch={route.watch} />;
    case 'anomalies':
      return <Incidents page={page} />;
    case 'dry-run':
      return <DryRun key={route.watch} page={page} watch={route.watch} />;
    case 'lost':
      break;
  }
  return (
    <section>
      <h1>No such page</h1>
      <p>
        {route.hash} is no view of Presage. <a href="#/">To the fleet</a>
      </p>
    </section>
  );
};

function titleOf(route: Route): string {
  if (route.view === 'host') return route.host === '' ? 'Other series' : route.host;
  if (route.view === 'watch') return route.watch;
  return { fleet: 'Fleet', watches: 'Watches', anomalies: 'Anomalies', 'dry-run': 'Dry run', lost: 'No such page' }[route.view];
}

/** The address keeps its hash, which names the view. */
function skip(event: MouseEvent, main: HTMLElement | null): void {
  event.preventDefault();
  main?.focus();
}

const Tab = ({ to, current, children }: { to: string; current: boolean; children: ComponentChildren }): JSX.Element => (
  <a href={to} {...(current ? { 'aria-current': 'page' as const } : {})}>
    {children}
  </a>
);

/** Whether new values arrive, in a word that is also announced. */
const Connection = ({ page }: { page: Page }): JSX.Element => {
  const { connection } = useSignal(page.live);
  const words = { waiting: 'Connecting …', live: 'Live', lost: 'Connection lost, trying again …' }[connection];
  return (
    <span class={`connection ${connection}`} role="status">
      <span class="dot" aria-hidden="true" />
      {words}
    </span>
  );
};

const choices: readonly (readonly [ThemeChoice, string])[] = [
  ['auto', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

const ThemeSwitch = ({ page }: { page: Page }): JSX.Element => {
  const choice = useSignal(page.choice);
  return (
    <label class="theme">
      <span class="spoken">Colours</span>
      <select
        value={choice}
        onChange={(event) => {
          const found = choices.find(([name]) => name === event.currentTarget.value);
          if (found) page.choice.set(found[0]);
        }}
      >
        {choices.map(([name, words]) => (
          <option key={name} value={name}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
};
