import type { Filter, GetProductsRequest, GetProductsResponse } from '@aws-sdk/client-pricing';
import { AwsError } from '../../http/errors.ts';
import type { Product } from '../../prices/product.ts';
import type { Operation } from '../service.ts';

/** The Pricing API is not in every region; elsewhere its name does not even resolve. */
const ENDPOINTS = ['us-east-1', 'eu-central-1', 'ap-south-1'];

const PAGE = 100;

export const getProducts: Operation<GetProductsRequest, GetProductsResponse> = (input, { estate, region }) => {
  const { ServiceCode = '', Filters = [], FormatVersion = 'aws_v1', MaxResults = PAGE, NextToken } = input;
  if (!ENDPOINTS.includes(region.name)) {
    throw new AwsError(
      'UnrecognizedClientException',
      `there is no Pricing API in ${region.name}; it is in ${ENDPOINTS.join(', ')}`,
    );
  }
  if (FormatVersion !== 'aws_v1')
    throw new AwsError('InvalidParameterException', `Invalid FormatVersion: ${FormatVersion}`);
  if (MaxResults < 1 || MaxResults > PAGE)
    throw new AwsError('InvalidParameterException', `Invalid MaxResults: ${MaxResults}`);
  const products = estate.prices.products(ServiceCode);
  if (products.length === 0) throw new AwsError('NotFoundException', `Unable to find service code ${ServiceCode}`);
  const found = products.filter((product) => Filters.every((filter) => passes(product, filter)));
  const first = NextToken === undefined ? 0 : readToken(NextToken);
  const next = first + MaxResults;
  return {
    FormatVersion: 'aws_v1',
    PriceList: found.slice(first, next).map((product) => JSON.stringify(product)),
    ...(next < found.length ? { NextToken: Buffer.from(`from ${next}`).toString('base64') } : {}),
  };
};

/** Attributes are compared exactly. */
function passes({ product, serviceCode }: Product, { Type, Field = '', Value }: Filter): boolean {
  if (Type !== 'TERM_MATCH')
    throw new AwsError('NotImplemented', `the sandbox filters prices by TERM_MATCH, not by ${Type}`);
  if (Field === 'ServiceCode') return serviceCode === Value;
  if (Field === 'productFamily') return product.productFamily === Value;
  if (Field === 'sku') return product.sku === Value;
  return product.attributes[Field] === Value;
}

function readToken(token: string): number {
  const match = /^from (\d+)$/.exec(Buffer.from(token, 'base64').toString());
  if (!match)
    throw new AwsError(
      'InvalidNextTokenException',
      'The pagination token is invalid. Try again without a pagination token.',
    );
  return Number(match[1]);
}
