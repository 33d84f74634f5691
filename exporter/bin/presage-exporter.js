#!/usr/bin/env -S node --max-semi-space-size=1 --max-old-space-size=128 --v8-pool-size=1 --expose-gc --optimize-for-size --max-inlined-bytecode-size=80 --max-inlined-bytecode-size-cumulative=200
// A scrape makes some hundred kilobytes of short-lived text: a small space for it, swept often, keeps the process 10 MB smaller.
// A limit on the heap ten times what it holds, one helper thread, small steps of growth and less inlining save as much again. The
// thread must be: without it the optimising compiler runs amid scrapes, and one in a hundred takes five times as long.
import '../dist/main.js';
