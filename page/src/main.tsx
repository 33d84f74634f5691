import 'uplot/dist/uPlot.min.css';
import './style.css';
import { render } from 'preact';
import { followTheme } from './chart/theme.ts';
import { listen } from './data/live.ts';
import { signalOf } from './data/signal.ts';
import type { Span } from './page.ts';
import { Frame } from './view/Frame.tsx';

const place = document.querySelector('#page');
if (place === null) throw new Error('index.html: got no #page, want the element that the page goes into');
const span = signalOf<Span>({ past: 86_400, zoom: null });
render(<Frame page={{ ...followTheme(), live: listen(), span }} />, place);
