-- What each side did, suffered and said, which the dataset card counts. Sides are what actors belong to in the end:
-- states and armed groups that the report names as party to an agreement.
CREATE VIEW sides AS
WITH side AS (
  SELECT belongs.actor_id, name AS side FROM belongs JOIN actors ON actors.actor_id = side
  WHERE actor_type IN ('state', 'armed_group') AND side IN (SELECT actor_id FROM agreement_actors
    WHERE actor_role = 'reported_party')
), force AS (
  SELECT event_id, coalesce(side, 'no side stated') AS side, actor_role, p.attribution = 'speaker' AS claimed,
    event_id IN (SELECT linked_event_id FROM event_links WHERE link_type = 'resulted_in') AS resulted
  FROM joined_event_actors p LEFT JOIN side USING (actor_id)
  WHERE realis IN ('actual', 'ongoing', 'attempted') AND event_type IN ('air_strike', 'attack', 'civilian_harm',
    'invasion', 'killing', 'occupation', 'offensive', 'shelling', 'weapons_destroyed', 'ceasefire_breach', 'rearmament')
), counted AS (
  SELECT if(claimed, 'is said to have done', 'did') AS what, side, event_id AS thing FROM force
  WHERE actor_role = 'initiator'
  UNION ALL SELECT unnest(['suffered'] || if(resulted, ['suffered as a consequence'], [])), side, event_id FROM force
  WHERE actor_role IN ('target', 'affected')
  UNION ALL SELECT unnest(['acted'] || if(plover LIKE 'ASSAULT%', ['assaulted'], [])), side, row_id
  FROM joined_act_pairs JOIN side USING (actor_id)
  UNION ALL SELECT unnest(['received'] || if(plover LIKE 'ASSAULT%', ['was assaulted'], [])), side, row_id
  FROM joined_act_pairs JOIN side ON side.actor_id = recipient_id
  UNION ALL SELECT 'spoke', side, statement_id FROM statements JOIN side ON side.actor_id = speaker_actor_id
  UNION ALL SELECT 'was spoken of', side, statement_id FROM statement_actors JOIN side USING (actor_id)
  WHERE actor_role = 'subject'
  UNION ALL SELECT 'was assessed', side, claim_id FROM compliance_claims JOIN side ON side.actor_id = assessed_actor_id
)
SELECT what, side, count(DISTINCT thing) FROM counted GROUP BY ALL;
