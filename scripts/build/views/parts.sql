-- One joined table for each linking table: a row per row, with keys, names and what is needed to count and to filter.

CREATE TABLE joined_event_actors AS
SELECT event_actor_id, event_id, title, event_type, realis, aggregation, e.attribution AS event_attribution, actor_id,
  a.name AS actor, a.actor_type, actor_role, p.attribution, asserted_by, pl.name AS place, COLUMNS('^(start|end)_'),
  concat(a.name, ' as ', in_words(actor_role), ' in: ', title) AS text
FROM event_actors p JOIN events e USING (event_id) JOIN actors a USING (actor_id) LEFT JOIN places pl USING (place_id)
LEFT JOIN said_by ON key = event_actor_id ORDER BY event_actor_id;

CREATE TABLE joined_event_links AS
SELECT event_link_id, event_id, a.title, a.realis, link_type, linked_event_id, b.title AS linked_title,
  b.realis AS linked_realis, l.attribution, asserted_by,
  concat(a.title, ' [', in_words(link_type), '] ', b.title) AS text
FROM event_links l JOIN events a USING (event_id) JOIN events b ON b.event_id = linked_event_id
LEFT JOIN said_by ON key = event_link_id ORDER BY event_link_id;

CREATE TABLE joined_statement_actors AS
SELECT statement_actor_id, statement_id, speaker_actor_id, s.name AS speaker, speech_act, actor_id, a.name AS actor,
  a.actor_type, actor_role, proposition, COLUMNS('^(start|end)_'),
  concat(a.name, ' as ', in_words(actor_role), ' of ', s.name, ': ', proposition) AS text
FROM statement_actors JOIN statements USING (statement_id) JOIN actors a USING (actor_id)
  JOIN actors s ON s.actor_id = speaker_actor_id ORDER BY statement_actor_id;

CREATE TABLE joined_actor_relations AS
SELECT relation_id, r.actor_id, a.name AS actor, relation_type, related_actor_id, b.name AS related_actor, attribution,
  asserted_by, concat(a.name, ' [', in_words(relation_type), '] ', b.name) AS text
FROM actor_relations r JOIN actors a USING (actor_id) JOIN actors b ON b.actor_id = related_actor_id
LEFT JOIN said_by ON key = relation_id ORDER BY relation_id;

CREATE TABLE joined_statement_links AS
SELECT statement_link_id, l.statement_id, speaker_actor_id, a.name AS speaker, speech_act, link_role,
  CASE WHEN l.event_id IS NOT NULL THEN 'events' WHEN l.event_actor_id IS NOT NULL THEN 'event_actors'
       WHEN l.event_link_id IS NOT NULL THEN 'event_links' WHEN l.relation_id IS NOT NULL THEN 'actor_relations'
       WHEN l.term_id IS NOT NULL THEN 'ceasefire_terms' ELSE 'agreements' END AS linked_table,
  coalesce(l.event_id, l.event_actor_id, l.event_link_id, l.relation_id, l.term_id, l.agreement_id) AS linked_id,
  coalesce(e.title, p.text, x.text, r.text, t.title, g.name) AS linked, proposition, s.* SIMILAR TO '(start|end)_.*',
  concat(a.name, ' [', in_words(link_role), '] ', linked) AS text
FROM statement_links l JOIN statements s USING (statement_id) JOIN actors a ON a.actor_id = speaker_actor_id
LEFT JOIN events e ON e.event_id = l.event_id LEFT JOIN joined_event_actors p ON p.event_actor_id = l.event_actor_id
LEFT JOIN joined_event_links x ON x.event_link_id = l.event_link_id LEFT JOIN ceasefire_terms t ON t.term_id = l.term_id
LEFT JOIN joined_actor_relations r ON r.relation_id = l.relation_id
LEFT JOIN agreements g ON g.agreement_id = l.agreement_id ORDER BY statement_link_id;

CREATE TABLE joined_agreement_actors AS
SELECT agreement_actor_id, agreement_id, g.name AS agreement, agreement_type, status, actor_id, a.name AS actor,
  a.actor_type, actor_role, attribution, asserted_by,
  concat(a.name, ' as ', in_words(actor_role), ' of: ', g.name) AS text
FROM agreement_actors JOIN agreements g USING (agreement_id) JOIN actors a USING (actor_id)
LEFT JOIN said_by ON key = agreement_actor_id ORDER BY agreement_actor_id;

CREATE TABLE joined_term_actors AS
SELECT term_actor_id, term_id, title, term_type, term_basis, agreement_id, g.name AS agreement, actor_id,
  a.name AS actor, a.actor_type, actor_role, attribution, asserted_by,
  concat(a.name, ' as ', in_words(actor_role), ' of: ', title) AS text
FROM term_actors JOIN ceasefire_terms USING (term_id) JOIN actors a USING (actor_id)
LEFT JOIN agreements g USING (agreement_id) LEFT JOIN said_by ON key = term_id ORDER BY term_actor_id;

CREATE TABLE joined_compliance_claims AS
SELECT claim_id, statement_id, speaker_actor_id, s.name AS speaker, speech_act, claim_type, assessed_actor_id,
  a.name AS assessed_actor, c.agreement_id, g.name AS agreement, term_id, t.title AS term, proposition,
  COLUMNS('^(start|end)_'),
  concat(s.name, ' on ', a.name, ': ', claim_type, ' (', coalesce(t.title, g.name), ')') AS text
FROM compliance_claims c JOIN statements USING (statement_id) JOIN actors s ON s.actor_id = speaker_actor_id
  JOIN actors a ON a.actor_id = assessed_actor_id
LEFT JOIN ceasefire_terms t USING (term_id) LEFT JOIN agreements g ON g.agreement_id = c.agreement_id ORDER BY claim_id;
