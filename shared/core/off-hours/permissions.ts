/** The actions of a resource's alarms are switched off before a stop, and on again when the stop is refused. */
export const MUTE = ['cloudwatch:DisableAlarmActions', 'cloudwatch:EnableAlarmActions'] as const;

/** And on again after a start. */
export const UNMUTE = ['cloudwatch:EnableAlarmActions'] as const;

const SIZE_GROUP = ['autoscaling:UpdateAutoScalingGroup'] as const;
const SIZE_SERVICE = ['application-autoscaling:RegisterScalableTarget', 'ecs:UpdateService'] as const;

/** What the kinds may call that only schedules use. */
export const SCHEDULED_PERMISSIONS = {
  'stop-auto-scaling-group': { protect: [], apply: [...SIZE_GROUP, ...MUTE], undo: [...SIZE_GROUP, ...UNMUTE] },
  'start-auto-scaling-group': { protect: [], apply: [...SIZE_GROUP, ...UNMUTE], undo: [...SIZE_GROUP, ...MUTE] },
  'stop-service': { protect: [], apply: [...SIZE_SERVICE, ...MUTE], undo: [...SIZE_SERVICE, ...UNMUTE] },
  'start-service': { protect: [], apply: [...SIZE_SERVICE, ...UNMUTE], undo: [...SIZE_SERVICE, ...MUTE] },
  'pause-warehouse': {
    protect: [],
    apply: ['redshift:PauseCluster', ...MUTE],
    undo: ['redshift:ResumeCluster', ...UNMUTE],
  },
  'resume-warehouse': {
    protect: [],
    apply: ['redshift:ResumeCluster', ...UNMUTE],
    undo: ['redshift:PauseCluster', ...MUTE],
  },
} as const;
