#!/usr/bin/env -S node --max-semi-space-size=1 --max-old-space-size=128 --single-threaded
// A scrape makes some hundred kilobytes of short-lived text: a small space for it, swept often, keeps the process 10 MB smaller.
// A limit on the heap, ten times what it holds, and no helper threads of the engine's own save as much again.
import '../dist/main.js';
