#!/usr/bin/env -S node --max-semi-space-size=1
// A scrape makes some hundred kilobytes of short-lived text: a small space for it, swept often, keeps the process 10 MB smaller.
import '../dist/main.js';
