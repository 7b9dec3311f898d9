-- The core tables with names in place of keys: a row per row of the table. Several parts in one cell are separated
-- by "; ", each once, in the order of their rows. What only a speaker asserts stands in a column of its own.

CREATE TABLE joined_events AS
WITH parts AS (
  SELECT event_id, listed_if(as_role(actor, actor_role), event_actor_id, attribution <> 'speaker') AS actors,
    listed_if(as_role(actor, actor_role), event_actor_id, attribution = 'speaker') AS claimed_actors
  FROM joined_event_actors GROUP BY event_id
), linked AS (
  SELECT event_id, listed_if(link, event_link_id, attribution <> 'speaker') AS links,
    listed_if(link, event_link_id, attribution = 'speaker') AS claimed_links
  FROM (SELECT *, concat(in_words(link_type), ': ', linked_title) AS link FROM joined_event_links) GROUP BY event_id
)
SELECT e.event_id, title, realis, attribution, asserted_by, event_type, aggregation, actors, claimed_actors,
  g.name AS agreement, pl.name AS place, start_edtf, end_edtf, dates_in_words(start_edtf, end_edtf) AS dates, date_words, links,
  claimed_links, e.description, start_earliest, start_latest, end_earliest, end_latest, date_basis,
  source_id, char_start
FROM events e LEFT JOIN parts USING (event_id) LEFT JOIN linked USING (event_id) LEFT JOIN places pl USING (place_id)
LEFT JOIN agreements g USING (agreement_id) LEFT JOIN said_by ON said_by.key = e.event_id LEFT JOIN first_words ON first_words.key = e.event_id ORDER BY e.event_id;

CREATE TABLE joined_statements AS
WITH parts AS (
  PIVOT (SELECT statement_id, actor_role, actor, statement_actor_id FROM joined_statement_actors)
  ON actor_role IN ('spoken_for', 'relay', 'addressee', 'subject')
  USING listed(list(actor ORDER BY statement_actor_id)) GROUP BY statement_id
), about AS (
  PIVOT (SELECT statement_id, link_role, linked, statement_link_id FROM joined_statement_links)
  ON link_role IN ('asserts', 'conditions_on', 'mentions')
  USING listed(list(linked ORDER BY statement_link_id)) GROUP BY statement_id
)
SELECT s.statement_id, name AS speaker, speech_act, proposition, mode, certainty, polarity, is_repeated, spoken_for,
  relay, addressee, subject, cue_words, quote_words, asserts, conditions_on, mentions,
  (SELECT listed(list(text ORDER BY claim_id)) FROM joined_compliance_claims c WHERE c.statement_id = s.statement_id)
    AS claims,
  COLUMNS('^(start|end)_'), dates_in_words(start_edtf, end_edtf) AS dates, date_basis, date_words, source_id, char_start,
  -- Some verbs take whom they address: "accuses Hezbollah", but "reports to the press".
  concat(name, ' ', does(speech_act),
    if(speech_act IN ('accuse', 'criticise', 'threaten', 'urge', 'warn'), ' ', ' to ') || addressee,
    ': ', proposition) AS text
FROM statements s JOIN actors ON actor_id = speaker_actor_id LEFT JOIN parts USING (statement_id)
LEFT JOIN about USING (statement_id) LEFT JOIN first_words ON key = s.statement_id ORDER BY s.statement_id;

CREATE TABLE joined_ceasefire_terms AS
WITH parts AS (
  PIVOT (SELECT term_id, actor_role, actor, term_actor_id FROM joined_term_actors)
  ON actor_role IN ('obligated', 'performer', 'affected', 'beneficiary', 'verifier', 'participant', 'proponent')
  USING listed(list(actor ORDER BY term_actor_id)) GROUP BY term_id
), hanging AS (
  SELECT t.term_id, listed_if(concat(title, ' must come before ', linked_title), x.event_link_id, true) AS preconditions
  FROM statement_links t JOIN statement_links l USING (statement_id)
  JOIN joined_event_links x ON x.event_link_id = l.event_link_id
  WHERE t.term_id IS NOT NULL AND t.link_role = 'asserts' AND l.link_role = 'asserts' AND link_type = 'precondition_of'
  GROUP BY t.term_id
)
SELECT t.term_id, title, term_basis, attribution, asserted_by, obligated, performer, name AS agreement, term_type,
  conduct_type, affected, beneficiary, verifier, participant, proponent, preconditions,
  (SELECT listed(list(text ORDER BY claim_id)) FROM joined_compliance_claims c WHERE c.term_id = t.term_id) AS claims,
  description, source_id, char_start
FROM ceasefire_terms t LEFT JOIN agreements USING (agreement_id) LEFT JOIN parts USING (term_id)
LEFT JOIN hanging USING (term_id) LEFT JOIN said_by ON said_by.key = t.term_id LEFT JOIN first_words ON first_words.key = t.term_id ORDER BY t.term_id;

CREATE TABLE joined_agreements AS
WITH parts AS (
  SELECT agreement_id, listed_if(as_role(actor, actor_role), agreement_actor_id, attribution <> 'speaker') AS actors,
    listed_if(as_role(actor, actor_role), agreement_actor_id, attribution = 'speaker') AS claimed_actors
  FROM joined_agreement_actors GROUP BY agreement_id
), told AS (
  SELECT agreement_id, listed_if(part, event_id, attribution <> 'speaker') AS events,
    listed_if(part, event_id, attribution = 'speaker') AS claimed_events
  FROM (SELECT *, as_role(title, concat(event_type, ', ', realis)) AS part FROM events) GROUP BY agreement_id
)
SELECT g.agreement_id, name, agreement_type, status, status_as_of_edtf, actors, claimed_actors, told.events,
  claimed_events,
  (SELECT listed(list(as_role(title, term_basis) ORDER BY term_id)) FROM ceasefire_terms t
   WHERE t.agreement_id = g.agreement_id) AS terms,
  (SELECT listed(list(text ORDER BY claim_id)) FROM joined_compliance_claims c WHERE c.agreement_id = g.agreement_id)
    AS claims, source_id, char_start
FROM agreements g LEFT JOIN parts USING (agreement_id) LEFT JOIN told USING (agreement_id)
LEFT JOIN first_words ON key = g.agreement_id ORDER BY g.agreement_id;

CREATE TABLE joined_actors AS
WITH done AS (
  SELECT actor_id, listed_if(part, event_actor_id, attribution <> 'speaker') AS events,
    listed_if(part, event_actor_id, attribution = 'speaker') AS claimed_events
  FROM (SELECT *, as_role(title, concat(actor_role, ', ', realis)) AS part FROM joined_event_actors) GROUP BY actor_id
)
SELECT a.actor_id, name, actor_type, country_code, role_title,
  (SELECT listed(list(concat(in_words(relation_type), ' ', related_actor) ORDER BY relation_id))
   FROM joined_actor_relations r WHERE r.actor_id = a.actor_id) AS relations,
  (SELECT listed(list(name_words ORDER BY name_id)) FROM names n WHERE n.actor_id = a.actor_id) AS names,
  events, claimed_events,
  (SELECT listed(list(as_role(agreement, actor_role) ORDER BY agreement_actor_id))
   FROM joined_agreement_actors p WHERE p.actor_id = a.actor_id) AS agreements,
  (SELECT listed(list(as_role(title, actor_role) ORDER BY term_actor_id))
   FROM joined_term_actors p WHERE p.actor_id = a.actor_id) AS terms,
  (SELECT count(*) FROM statements WHERE speaker_actor_id = a.actor_id) AS statements_made, description
FROM actors a LEFT JOIN done USING (actor_id) ORDER BY a.actor_id;
