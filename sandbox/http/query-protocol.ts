import type { Protocol } from './protocol.ts';
import { type Dialect, readQuery } from './query-reader.ts';
import { escapeXml, writeMembers } from './xml-writer.ts';

/** awsQuery (RDS, Auto Scaling, STS, SNS) and ec2Query: a form goes in, XML comes out. */
export function queryProtocol(dialect: Dialect, xmlNamespace: string): Protocol {
  const xml = (status: number, requestId: string, body: string) => ({
    status,
    headers: { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  });
  const wrap = dialect === 'ec2Query' ? wrapEc2 : wrapQuery;
  const wrapError = dialect === 'ec2Query' ? wrapEc2Error : wrapQueryError;
  return {
    readInput: async ({ input }, body) => readQuery(input, new URLSearchParams(body.toString()), dialect),
    writeOutput: ({ name, output }, value, requestId) => {
      const content = wrap(name, writeMembers(output, value), requestId);
      return xml(200, requestId, `<${name}Response xmlns="${xmlNamespace}">${content}</${name}Response>`);
    },
    writeError: ({ code, message, status }, requestId) => {
      const type = status < 500 ? 'Sender' : 'Receiver';
      const named = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
      return xml(status, requestId, wrapError(named, type, requestId));
    },
  };
}

const wrapEc2 = (_name: string, members: string, requestId: string) => `<requestId>${requestId}</requestId>${members}`;

const wrapQuery = (name: string, members: string, requestId: string) =>
  `<${name}Result>${members}</${name}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;

const wrapEc2Error = (named: string, _type: string, requestId: string) =>
  `<Response><Errors><Error>${named}</Error></Errors><RequestID>${requestId}</RequestID></Response>`;

const wrapQueryError = (named: string, type: string, requestId: string) =>
  `<ErrorResponse><Error><Type>${type}</Type>${named}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
