import { measureQuiet } from './tmp-oh.ts';
const all: number[] = [];
for (let i = 0; i < 8; i++) { const f = await measureQuiet(); all.push(f.peakRssMb); }
console.log(process.argv[2], all.sort().join(' '), 'mean', Math.round(all.reduce((a,b)=>a+b)/all.length));
