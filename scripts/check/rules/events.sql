-- Events, the actors in them and the links between them, and who asserts a row.

-- rule: hypothetical-events-are-needed
-- A hypothetical event has a row only as the object of a link or a statement.
-- Why: what might happen is coded for the sake of what is said of it.
-- At events.realis: expected a link or statement that needs the event. Add it, or remove the event.
SELECT * FROM events ANTI JOIN (
  SELECT unnest([event_id, linked_event_id]) AS event_id FROM event_links UNION ALL SELECT event_id FROM statement_links)
USING (event_id) WHERE realis = 'hypothetical';

-- rule: no-event-linked-to-itself
-- No event is linked to itself.
-- Why: a link is between two events.
-- At event_links.linked_event_id: expected another event. Remove the link, or name the other event.
SELECT * FROM event_links WHERE event_id = linked_event_id;

-- rule: part-of-a-claimed-event
-- A part in an event that only a speaker asserts is asserted by the speaker only.
-- Why: the narrator does not say that it took place.
-- At event_actors.attribution: expected speaker, as only a speaker asserts the event. Fix one of the two.
SELECT event_actors.* FROM event_actors JOIN events USING (event_id)
WHERE events.attribution = 'speaker' AND event_actors.attribution <> 'speaker';

-- rule: claims-are-asserted
-- A row has the attribution speaker or both only if a row of statement_links says which statement asserts it.
-- Why: a claim is not a fact, and readers must see whose it is.
-- At {table_name}.attribution: expected narrator or link_line, as no statement asserts it. Add the row of statement_links with link_role asserts, or fix the attribution.
SELECT * FROM attributed WHERE attribution IN ('speaker', 'both') AND key NOT IN (SELECT key FROM asserted WHERE key IS NOT NULL);

-- rule: asserted-rows-are-claims
-- A row that a statement asserts has the attribution speaker or both.
-- Why: a claim is not a fact, and readers must see that it is one.
-- At {table_name}.attribution: expected speaker or both, as a statement asserts it. Fix the attribution, or the link_role in statement_links.
SELECT * FROM attributed WHERE attribution NOT IN ('speaker', 'both') AND key IN (SELECT key FROM asserted);

-- rule: link-lines
-- A row has the attribution link_line exactly if all its words stand in a link line.
-- Why: what only points to another report is asserted by neither narrator nor speaker.
-- At {table_name}.attribution: expected link_line exactly if all its words stand in a link line. Fix the attribution, or the passage_type of the sentence.
SELECT table_name, row_no FROM attributed JOIN resting USING (table_name, row_no)
WHERE passage_type IS NOT NULL GROUP BY table_name, row_no, attribution
HAVING bool_and(passage_type = 'link') <> (attribution = 'link_line');

-- rule: claims-rest-on-statements
-- A row that only a speaker asserts rests on the sentences of the statements that assert it.
-- Why: other words would be the narrator's.
-- At {table_name}.attribution: expected both or narrator, as it rests on words outside the statements that assert it. Fix it, or its evidence.
SELECT DISTINCT table_name, row_no FROM attributed JOIN resting USING (table_name, row_no, key)
WHERE attribution = 'speaker' AND table_name IN ('actor_relations', 'events', 'event_actors', 'event_links', 'ceasefire_terms')
  AND (key, passage_id) NOT IN (SELECT (key, passage_id) FROM said_in WHERE key IS NOT NULL);

-- rule: both-rest-on-both
-- A row that narrator and speaker assert rests on a sentence outside the statements that assert it, too.
-- Why: these are the narrator's words.
-- At {table_name}.attribution: expected speaker, as all its words stand where the statements stand that assert it. Fix it, or add the narrator's words.
SELECT table_name, row_no FROM attributed JOIN resting USING (table_name, row_no, key) WHERE attribution = 'both'
GROUP BY table_name, row_no HAVING bool_and((key, passage_id) IN (SELECT (key, passage_id) FROM said_in WHERE key IS NOT NULL));

-- rule: what-is-asked-for-is-open
-- What a statement demands, urges, offers or agrees to do has not come about.
-- Why: one does not ask for what is there.
-- At statement_links.event_id: expected an event that has not come about, as it is asked for. Fix the realis of the event, or the link.
SELECT statement_links.* FROM statement_links JOIN statements USING (statement_id) JOIN events USING (event_id)
WHERE link_role = 'asserts' AND speech_act IN ('commit', 'consent', 'demand', 'urge') AND realis IN ('actual', 'ongoing');
