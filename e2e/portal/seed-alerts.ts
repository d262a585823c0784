import type pg from "pg";

/** One alert of each kind about the agent `builder`, messages in every state, and a channel of each kind. */
export async function seedAlerts(pool: pg.Pool): Promise<void> {
  for (const statement of STATEMENTS) await pool.query(statement);
}

const STATEMENTS = [
  "UPDATE users SET created_at = now() - interval '1 day'", // so that the alerts are new to them

  `INSERT INTO notification_channels (kind, name, config, is_enabled, updated_by) VALUES
    ('email', 'E-mail to owners and admins', '{"addresses": ["ops@example.com"]}', true, 'Ada Lovelace'),
    ('slack', '#agent-costs', '{"url": "https://hooks.slack.example/services/T0/B0/x"}', true, 'Ada Lovelace'),
    ('webhook', 'Incident bridge', '{"url": "https://incidents.example.com/hook", "secret": "whsec_eA=="}', false, 'Ada Lovelace')`,

  `WITH asked AS (
    INSERT INTO budget_increases (scope, agent_id, period, amount_nano_usd, reason, state, requested_by_name, starts_at, ends_at)
    SELECT 'agent', id, 'day', 5000000000, 'The release is tonight and the tests run twice.', 'requested', 'Grace Hopper',
      now(), now() + interval '6 hours'
    FROM agent_ownership WHERE agent_name = 'builder' RETURNING id, agent_id
  )
  INSERT INTO alerts (kind, budget, agent_id, increase_id, period, period_start, threshold_percent, limit_nano_usd,
    spent_nano_usd, detail, crossed_at, dispatched_at)
  SELECT kind, CASE kind WHEN 'fleet' THEN 'fleet' ELSE 'agent:' || agent_id END, agent_id,
    CASE kind WHEN 'request' THEN asked.id END, 'day', date_trunc('day', now()), percent, limit_nano, spent_nano, detail::jsonb,
    now() - ago::interval, now()
  FROM asked, (VALUES
    ('threshold', 50, 10000000000, 5010000000, NULL, '5 hours'),
    ('threshold', 80, 10000000000, 8120000000, '{"forecast": {"limitReachedAt": "2026-11-24T15:40:00Z", "periodEndSpend": "14200000000"}}', '3 hours'),
    ('threshold', 100, 10000000000, 10030000000, NULL, '2 hours'),
    ('runaway', NULL, NULL, NULL, '{"pace": {"windowMinutes": 20, "spent": "4100000000", "usual": "520000000"}, "isPaused": true}', '50 minutes'),
    ('repetition', NULL, NULL, NULL, '{"repeats": {"count": 14, "windowMinutes": 10}}', '20 minutes'),
    ('request', NULL, 10000000000, 10030000000, NULL, '3 minutes')
  ) AS told (kind, percent, limit_nano, spent_nano, detail, ago)`,

  `INSERT INTO notification_outbox (id, alert_id, channel_id, recipient, message, state, attempts, next_attempt_at, last_error, delivered_at, created_at)
  SELECT gen_random_uuid(), alerts.id, channel.id, recipient,
    jsonb_build_object('title', 'builder has spent ' || threshold_percent || ' % of its daily limit', 'figures', '[]'::jsonb, 'link', '', 'event', '{}'::jsonb),
    state, attempts, now() + interval '1 hour', error, CASE state WHEN 'delivered' THEN now() END, crossed_at
  FROM alerts, notification_channels AS channel, (VALUES
    ('email', 'grace@example.com', 'delivered', 1, NULL),
    ('email', 'ops@example.com', 'failed', 1, 'the mail server refuses this address (550)'),
    ('slack', 'hooks.slack.example', 'pending', 3, 'no answer within 10 s')
  ) AS sent (kind, recipient, state, attempts, error)
  WHERE alerts.kind = 'threshold' AND threshold_percent = 80 AND channel.kind = sent.kind`,
];
