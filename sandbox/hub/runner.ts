/** The stand-in for the Lambda runtime: loads one bundle, hands it one event from standard input, and reports. */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { followTime } from '../durable/determinism.ts';
import { peakRssMb } from './peak-memory.ts';

const [file = '', now = ''] = process.argv.slice(2);
const { now: realNow } = Date;
const ahead = Date.parse(now) - realNow();
followTime(() => realNow() + ahead);
// The servers answer with the real time, which the SDK would take for a wrong clock, and repeat what failed.
subscribe('http.client.response.finish', (message) => {
  delete (message as { response: IncomingMessage }).response.headers.date;
});
const event = JSON.parse(await text(process.stdin)) as unknown;
const name = 'lamplighter-right-size-prod';
const { HUB_ACCOUNT = '123456789012', AWS_REGION = '' } = process.env;

const context = {
  awsRequestId: '00000000-0000-4000-8000-000000000001',
  functionName: name,
  functionVersion: '$LATEST',
  invokedFunctionArn: `arn:aws:lambda:${AWS_REGION}:${HUB_ACCOUNT}:function:${name}`,
  memoryLimitInMB: '512',
  getRemainingTimeInMillis: () => 900_000,
};

process.send?.({ ...(await outcome()), peakRssMb: peakRssMb() }, () => process.disconnect());

async function outcome() {
  try {
    const { handler } = (await import(pathToFileURL(file).href)) as {
      handler: (event: unknown, context: unknown) => Promise<unknown>;
    };
    return { result: await handler(event, context) };
  } catch (error) {
    const { name: errorType, message } = error as Error;
    return { error: { name: errorType, message } };
  }
}
