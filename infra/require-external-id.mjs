/**
 * Stops `serverless deploy` before it talks to AWS when there is no external id. CloudFormation would refuse the
 * parameter too (infra/member.yml), but only after it has made the deployment bucket.
 */
export default class RequireExternalId {
  constructor(serverless) {
    this.hooks = {
      'before:deploy:deploy': () => {
        if (serverless.service.resources.Parameters.ExternalId.Default !== '') return;
        throw new serverless.classes.Error(
          'No external id. Make one with `openssl rand -hex 16`, keep it, and pass it to every deployment: ' +
            'LAMPLIGHTER_EXTERNAL_ID=... in the environment, or --param="externalId=...".',
        );
      },
    };
  }
}
