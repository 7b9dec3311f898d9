-- Acts as event data have them: who did, or said, what to whom, with PLOVER and CAMEO codes by the crosswalk.

-- The code that the crosswalk gives in a scheme; one whose condition holds goes before the one without a condition.
CREATE MACRO outside_code(list_, code_, scheme_, holds) AS (
  SELECT first(scheme_code ORDER BY condition IS NULL, condition = 'as_occurrence', crosswalk_id) FROM crosswalk
  WHERE codelist = list_ AND code = code_ AND scheme = scheme_
    AND (condition IS NULL OR list_contains(holds, condition)));

-- The sides of acts that are events. What only a speaker asserts, what did not take place and wars as a whole are
-- no acts. Those who do it together are its principals, or its participants if it has no principals: recipients if
-- another has them do it, doers if it is aimed at others, and else both, which makes the act a joint one.
CREATE VIEW event_sides AS
WITH parts AS (
  SELECT event_id, actor_id,
    CASE WHEN actor_role IN ('principal', 'participant') THEN actor_role
         ELSE outside_code('event_actor_role', actor_role, 'plover', ['doer_named']) END AS side
  FROM joined_event_actors
  WHERE realis IN ('actual', 'ongoing', 'attempted') AND event_type <> 'armed_conflict'
    AND event_attribution <> 'speaker' AND attribution <> 'speaker'
), sides AS (
  SELECT event_id, actor_id, if(side IN ('actor', 'recipient'), side, 'together') AS side,
    bool_or(side = 'actor') OVER event AS done, bool_or(side = 'recipient') OVER event AS aimed,
    count(*) FILTER (side IN ('principal', 'participant')) OVER event AS together
  FROM parts WHERE side IN ('actor', 'recipient', 'principal')
    OR side = 'participant' AND event_id NOT IN (SELECT event_id FROM parts WHERE side = 'principal')
  WINDOW event AS (PARTITION BY event_id)
)
SELECT DISTINCT event_id, actor_id, NOT done AND NOT aimed AND together > 1 AS joint,
  unnest(CASE WHEN side <> 'together' THEN [side] WHEN aimed OR (together = 1 AND NOT done) THEN ['actor']
              WHEN done THEN ['recipient'] ELSE ['actor', 'recipient'] END) AS side
FROM sides
-- The consequence of another act, such as deaths or losses that an offensive caused, is no act beside it, whoever
-- suffers it, unless the report names who did it: one thing would be counted twice.
WHERE done OR together > 0 OR event_id NOT IN (SELECT linked_event_id FROM event_links WHERE link_type = 'resulted_in');

-- The wholes that an actor belongs to, itself among them: its group, organisation, state, or whom it speaks for.
CREATE VIEW belongs AS
WITH RECURSIVE up AS (
  SELECT actor_id, actor_id AS side FROM actors
  UNION SELECT up.actor_id, related_actor_id FROM up JOIN actor_relations r ON r.actor_id = side
    WHERE relation_type <> 'backed_by'
) FROM up;

-- The sides of statements: from the speaker to the addressees, media aside, or else to the subjects; never to the
-- speaker's own side.
CREATE VIEW statement_sides AS
WITH own AS (
  SELECT DISTINCT statement_id, b.actor_id FROM (
    SELECT statement_id, speaker_actor_id AS actor_id FROM statements
    UNION SELECT statement_id, actor_id FROM statement_actors WHERE actor_role = 'spoken_for'
  ) JOIN belongs a USING (actor_id) JOIN belongs b USING (side)
), others AS (
  SELECT statement_id, actor_id, actor_role,
    bool_or(actor_role = 'addressee') OVER (PARTITION BY statement_id) AS addressed
  FROM statement_actors p JOIN actors USING (actor_id) ANTI JOIN own USING (statement_id, actor_id)
  WHERE actor_role = 'subject' OR actor_role = 'addressee' AND actor_type <> 'media'
)
SELECT statement_id, speaker_actor_id AS actor_id, false AS joint, 'actor' AS side FROM statements
UNION ALL SELECT DISTINCT statement_id, actor_id, false, 'recipient' FROM others
WHERE actor_role = 'addressee' OR NOT addressed;

CREATE VIEW statement_codes AS
WITH asserted AS (
  SELECT statement_id, speech_act, event_type, realis, statement_link_id
  FROM statement_links JOIN statements USING (statement_id) JOIN events USING (event_id) WHERE link_role = 'asserts'
), holding AS (  -- what holds of a statement that a row of the crosswalk may ask for
  SELECT statement_id, 'ceasefire_claim' AS condition FROM compliance_claims JOIN agreements USING (agreement_id)
    WHERE agreement_type = 'ceasefire'
  UNION SELECT statement_id, 'accession' FROM asserted WHERE event_type = 'agreement_joined'
), offered AS (  -- who consents or commits offers an event: its code as an intent goes before that of the speech act
  SELECT statement_id, first(scheme_code ORDER BY statement_link_id, crosswalk_id) FILTER (scheme = 'plover') AS plover,
    first(scheme_code ORDER BY statement_link_id, crosswalk_id) FILTER (scheme = 'cameo') AS cameo
  FROM asserted JOIN crosswalk ON codelist = 'event_type' AND code = event_type AND condition = 'as_intent'
  WHERE realis IN ('required', 'hypothetical') AND speech_act IN ('consent', 'commit') GROUP BY statement_id
), held AS (
  SELECT s.statement_id, speech_act, coalesce(list(condition) FILTER (condition IS NOT NULL), []) AS holds
  FROM statements s LEFT JOIN holding USING (statement_id) GROUP BY ALL
)
SELECT statement_id, coalesce(plover, outside_code('speech_act', speech_act, 'plover', holds)) AS plover,
  coalesce(cameo, outside_code('speech_act', speech_act, 'cameo', holds)) AS cameo
FROM held LEFT JOIN offered USING (statement_id);

CREATE VIEW act_sides AS
SELECT row_id, side, joint, actor_id, name, plover_country, plover_sector FROM (
  SELECT event_id AS row_id, actor_id, side, joint FROM event_sides
  UNION ALL SELECT statement_id, actor_id, side, joint FROM statement_sides
) JOIN actors USING (actor_id);

CREATE VIEW coded_acts AS
WITH meant AS (  -- what somebody does so that others meet
  SELECT l.event_id FROM event_links l JOIN events e ON e.event_id = linked_event_id
  JOIN event_actors doer ON doer.event_id = l.event_id AND doer.actor_role = 'initiator'
  WHERE link_type = 'aims_at' AND event_type IN ('meeting', 'talks')
    AND doer.actor_id NOT IN (SELECT actor_id FROM event_actors p WHERE p.event_id = linked_event_id)
), doers AS (  -- what a named doer makes hold of an event
  SELECT event_id, ['doer_named'] || if(bool_or(actor_type IN ('armed_group', 'group_members')), ['non_state_doer'], [])
    || if(bool_or(event_id IN (FROM meant)), ['third_party_to_meet'], []) AS holds
  FROM event_actors JOIN actors USING (actor_id) WHERE actor_role = 'initiator' AND attribution <> 'speaker'
  GROUP BY event_id
), found AS (
  SELECT 'events' AS table_name, event_id AS row_id, outside_code('event_type', event_type, 'plover', conditions) AS plover,
    outside_code('event_type', event_type, 'cameo', conditions) AS cameo, title, realis, aggregation,
    attribution, asserted_by, place_id, COLUMNS('^(start|end)_'), date_basis
  FROM (SELECT events.*, coalesce(holds, []) || ['as_occurrence'] AS conditions FROM events LEFT JOIN doers USING (event_id))
  LEFT JOIN said_by ON key = event_id
  UNION ALL
  SELECT 'statements', statement_id, plover, cameo, text, 'actual', if(is_repeated, 'repeated', 'single'), 'narrator',
    NULL, NULL, COLUMNS('^(start|end)_'), date_basis
  FROM joined_statements JOIN statement_codes USING (statement_id)
)
SELECT found.*, (SELECT listed(list(linked_title ORDER BY linked_event_id)) FROM joined_event_links
    WHERE event_id = row_id AND link_type = 'resulted_in' AND attribution <> 'speaker') AS consequences,
  places.name AS place, coalesce(place_type, 'none') AS place_precision,
  CASE WHEN coalesce(start_edtf, end_edtf) IS NULL THEN 'none'
       WHEN start_edtf IS NULL OR start_edtf LIKE '[%' THEN 'bounded'
       WHEN length(start_edtf) = 10 THEN 'day' WHEN length(start_edtf) = 7 THEN 'month'
       ELSE 'year' END AS date_precision
FROM found LEFT JOIN places USING (place_id) WHERE plover IS NOT NULL OR cameo IS NOT NULL;

CREATE TABLE joined_act_pairs AS
SELECT table_name, row_id, a.actor_id, a.name AS actor, r.actor_id AS recipient_id, r.name AS recipient,
  coalesce(a.joint, false) AS joint, plover, cameo, title, consequences, realis, aggregation, attribution,
  asserted_by, a.plover_country AS actor_country, a.plover_sector AS actor_sector,
  r.plover_country AS recipient_country, r.plover_sector AS recipient_sector,
  place_id, place, place_precision, COLUMNS('^(start|end)_'), date_precision, date_basis
FROM coded_acts LEFT JOIN (FROM act_sides WHERE side = 'actor') a USING (row_id)
LEFT JOIN (FROM act_sides WHERE side = 'recipient') r USING (row_id)
WHERE coalesce(a.actor_id, r.actor_id) IS NOT NULL AND NOT (coalesce(a.joint, false) AND a.actor_id = r.actor_id)
ORDER BY table_name, row_id, a.actor_id, r.actor_id;

CREATE TABLE joined_acts AS FROM joined_act_pairs LIMIT 0;
INSERT INTO joined_acts BY NAME
SELECT listed(list(COLUMNS('^actor') ORDER BY actor_id)), listed(list(COLUMNS('^recipient') ORDER BY recipient_id) FILTER (NOT joint)),
  COLUMNS(lambda name: NOT regexp_matches(name, '^(actor|recipient)'))
FROM joined_act_pairs GROUP BY ALL ORDER BY table_name, row_id;
