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

-- rule: narrators-words
-- What the narrator alone asserts rests on no words of what somebody is reported to say, and what both assert on others
-- too; words with which the narrator says who speaks or is spoken to may give a relation or a part in an agreement.
-- Why: a claim is not a fact, and the words within reported speech are the speaker's.
-- At {table_name}.attribution: expected {wanted}, as its words are part of what a statement reports. Fix it, with the statement link that asserts it, or anchor the narrator's words.
SELECT table_name, row_no, if(bool_and(is_said), 'speaker', 'both') AS wanted FROM (
  SELECT table_name, row_no, key, attribution, EXISTS (
    FROM said s WHERE s.source_id = w.source_id AND share_words(w.char_start, w.char_end, s.char_start, s.char_end)
    AND NOT (w.char_start <= s.char_start AND s.char_end < w.char_end)
    AND (table_name NOT IN ('actor_relations', 'agreement_actors') OR NOT EXISTS (
      FROM said_by_narrator n WHERE n.statement_id = s.statement_id
      AND share_words(w.char_start, w.char_end, n.char_start, n.char_end)))) AS is_said
  FROM attributed JOIN row_words w USING (table_name, row_no, key))
WHERE key NOT IN (SELECT event_link_id FROM event_links WHERE link_type = 'possibly_same_as')
GROUP BY table_name, row_no, attribution
HAVING attribution = 'narrator' AND bool_or(is_said) OR attribution = 'both' AND bool_and(is_said);

-- rule: speakers-words
-- What only a speaker asserts rests on words of a statement that asserts it.
-- Why: other words are the narrator's.
-- At {table_name}.attribution: expected narrator or both, as its words are no part of the statement that asserts it. Fix it, or the words of one of the two.
SELECT DISTINCT table_name, row_no FROM attributed JOIN row_words w USING (table_name, row_no, key)
WHERE attribution = 'speaker' AND NOT EXISTS (
  FROM asserted a JOIN said s USING (statement_id) WHERE a.key = w.key AND s.source_id = w.source_id
  AND CASE WHEN support = 'explicit' AND table_name <> 'actor_relations' THEN lies_in(w.char_start, w.char_end, s.char_start, s.char_end)
      ELSE share_words(w.char_start, w.char_end, s.char_start, s.char_end) END);

-- rule: saying-is-no-event
-- The words of an event do not hold the cue words of a statement.
-- Why: a speech act is a statement, never also an event.
-- At events.event_id: expected words without the cue of a statement. Anchor the words that tell the event, or remove it.
SELECT DISTINCT w.row_no FROM row_words w JOIN support c ON c.table_name = 'statements' AND c.column_name = 'cue_words'
  AND c.source_id = w.source_id AND share_words(w.char_start, w.char_end, c.char_start, c.char_end)
WHERE w.table_name = 'events';

-- rule: link-of-a-claimed-event
-- A link from or to an event that only a speaker asserts is the speaker's; that two events may be the same is the coder's.
-- Why: the narrator does not say that the event took place.
-- At event_links.attribution: expected speaker, as only a speaker asserts one of the two events. Fix one of the two.
SELECT l.* FROM event_links l WHERE link_type <> 'possibly_same_as' AND attribution <> 'speaker'
  AND EXISTS (FROM events e WHERE e.event_id IN (l.event_id, linked_event_id) AND e.attribution = 'speaker');

-- rule: parts-of-asserted-events
-- A statement that asserts a part in an event points to the event, and asserts it if only speakers do.
-- Why: who says that somebody took part says or takes for granted that it happened.
-- At event_actors.event_id: expected an event to which the statement that asserts the part has a link, asserts if only speakers assert the event. Add the link, or fix the statement.
SELECT p.* FROM event_actors p JOIN events e USING (event_id) JOIN asserted a ON a.key = event_actor_id WHERE NOT EXISTS (
  FROM statement_links l WHERE l.statement_id = a.statement_id AND l.event_id = p.event_id
  AND (link_role = 'asserts' OR e.attribution <> 'speaker'));

-- rule: links-of-asserted-events
-- A statement that asserts a link between events points to one of the two, or both.
-- Why: who relates two events speaks of them.
-- At event_links.event_id: expected an event to which the statement that asserts the link has a link too. Add it, or fix the statement.
SELECT e.* FROM event_links e JOIN asserted a ON a.key = event_link_id WHERE NOT EXISTS (
  FROM statement_links l WHERE l.statement_id = a.statement_id AND l.event_id IN (e.event_id, linked_event_id));

-- rule: alike-events
-- Events that may be the same, of which one is an earlier instance of the other, or part of it, are of types that the
-- crosswalk gives the same class of PLOVER.
-- Why: a killing is no earlier instance of talks.
-- At event_links.linked_event_id: expected an event of the same class as the other. Fix the link, or the type of an event.
SELECT l.* FROM event_links l JOIN events a USING (event_id) JOIN events b ON b.event_id = linked_event_id
WHERE link_type IN ('part_of', 'possibly_same_as', 'prior_instance') AND a.event_type <> b.event_type AND NOT EXISTS (
  FROM crosswalk x JOIN crosswalk y USING (codelist, scheme) WHERE codelist = 'event_type' AND scheme = 'plover'
  AND x.code = a.event_type AND y.code = b.event_type AND split_part(x.scheme_code, ':', 1) = split_part(y.scheme_code, ':', 1));

-- rule: same-as-what-came-before
-- That two events may be the same is said once, at the later mention of the two.
-- Why: the coder compares the later mention with the earlier.
-- At event_links.linked_event_id: expected the event that the text mentions first. Turn the link round, or remove one of two.
SELECT l.* FROM event_links l WHERE link_type = 'possibly_same_as'
  AND (SELECT min(char_start) FROM row_words WHERE key = l.event_id) <= (SELECT min(char_start) FROM row_words WHERE key = linked_event_id);

-- rule: linked-once
-- Two events are linked in one way once, not from both sides.
-- Why: the second link says the opposite, or nothing more.
-- At event_links.linked_event_id: expected no link of the same type the other way round. Remove one of the two.
SELECT l.* FROM event_links l JOIN event_links o ON o.event_id = l.linked_event_id AND o.linked_event_id = l.event_id
WHERE o.link_type = l.link_type AND l.event_id < l.linked_event_id;

-- rule: events-have-their-actors
-- A mediation has a broker, a killing a target, a body set up is established, harm to civilians affects somebody, a breach,
-- a withdrawal and a joining have an initiator, and an act of force or pressure has somebody who does it or to whom it is done.
-- Why: the words that make the event name its part.
-- At events.event_type: expected an actor with the role {wanted}. Add the part, or fix the type.
SELECT * FROM (SELECT *, CASE WHEN event_type IN ('air_strike', 'attack', 'diplomatic_pressure', 'invasion', 'occupation', 'offensive', 'shelling')
    AND NOT EXISTS (FROM event_actors p WHERE p.event_id = events.event_id AND actor_role IN ('affected', 'target')) THEN 'initiator'
    WHEN event_type = 'mediation' THEN 'broker' WHEN event_type = 'killing' THEN 'target'
    WHEN event_type = 'body_established' THEN 'established' WHEN event_type = 'civilian_harm' THEN 'affected'
    WHEN event_type IN ('agreement_joined', 'ceasefire_breach', 'withdrawal') THEN 'initiator' END AS wanted FROM events) e
WHERE wanted IS NOT NULL AND NOT EXISTS (FROM event_actors p WHERE p.event_id = e.event_id AND actor_role = wanted);

-- rule: doer-and-done-to
-- Nobody is in one event both who does it and whom it is done to, or both participant and principal.
-- Why: the roles are two sides of one event.
-- At event_actors.actor_role: expected one side of the event. Fix one of the two roles.
SELECT a.* FROM event_actors a JOIN event_actors b USING (event_id, actor_id)
WHERE a.actor_role IN ('affected', 'target') AND b.actor_role = 'initiator'
   OR a.actor_role = 'participant' AND b.actor_role = 'principal';

-- rule: principals-are-represented
-- A principal of an event has somebody there who stands for it, and the one for whom a delegation stands is principal.
-- Why: a principal takes part through another.
-- At event_actors.actor_role: expected {wanted}. Add the part or the relation, or fix the role.
SELECT p.*, 'a participant that stands for it' AS wanted FROM event_actors p WHERE actor_role = 'principal' AND NOT EXISTS (
  FROM event_actors q JOIN stands_for s ON s.actor_id = q.actor_id
  WHERE q.event_id = p.event_id AND q.actor_role = 'participant' AND for_actor_id = p.actor_id)
UNION ALL BY NAME
SELECT p.*, 'a principal for whom the delegation stands' AS wanted FROM event_actors p JOIN actors USING (actor_id)
WHERE actor_role = 'participant' AND actor_type = 'delegation' AND NOT EXISTS (
  FROM event_actors q JOIN stands_for s ON s.actor_id = p.actor_id
  WHERE q.event_id = p.event_id AND q.actor_role = 'principal' AND for_actor_id = q.actor_id);

-- rule: who-is-named-has-a-part
-- An actor whom the words of an event name has a part in it, unless the name is part of that of another who has, or the
-- event is inferred from words on something else.
-- Why: no side is left out of an event in which the words put it.
-- At events.event_id: expected a part for {actor}, whom its words name. Add the part, or anchor the words of the event alone.
SELECT DISTINCT w.row_no, n.thing AS actor FROM row_words w
JOIN named n ON n.source_id = w.source_id AND lies_in(n.char_start, n.char_end, w.char_start, w.char_end)
WHERE w.table_name = 'events' AND w.support = 'explicit' AND n.thing IN (SELECT actor_id FROM actors)
  AND NOT EXISTS (FROM event_actors p WHERE p.event_id = w.key AND p.actor_id = n.thing)
  AND NOT EXISTS (FROM named o JOIN event_actors p ON p.actor_id = o.thing WHERE p.event_id = w.key
    AND o.source_id = n.source_id AND lies_in(n.char_start, n.char_end, o.char_start, o.char_end));

-- rule: places-of-the-event
-- The words for the place of an event that lie in the words of another event lie in its own too.
-- Why: what is said to be the place of one event is not that of another beside it.
-- At events.place_id: expected words that place this event, not {other}. Fix the place, or anchor the words of the event with it.
SELECT e.*, w.key AS other FROM events e JOIN support s ON s.row_id = event_id AND s.column_name = 'place_id'
JOIN row_words w ON w.table_name = 'events' AND w.key <> event_id AND w.source_id = s.source_id
  AND lies_in(s.char_start, s.char_end, w.char_start, w.char_end)
WHERE NOT EXISTS (FROM row_words o WHERE o.key = event_id AND o.source_id = s.source_id AND lies_in(s.char_start, s.char_end, o.char_start, o.char_end));

-- rule: hosts-by-their-site
-- An actor that has a part in an event by the words for the site where it took place is its host.
-- Why: whose premises are the venue does not take part by that.
-- At event_actors.actor_role: expected host, as the words for the site are all that the part rests on. Fix the role.
SELECT a.* FROM event_actors a JOIN events e USING (event_id) JOIN places p USING (place_id)
JOIN row_words w ON w.key = event_actor_id JOIN support s ON s.row_id = a.event_id AND s.column_name = 'place_id' AND s.source_id = w.source_id
JOIN support n ON n.row_id = event_actor_id AND n.column_name = 'actor_id' AND lies_in(n.char_start, n.char_end, s.char_start, s.char_end)
WHERE place_type = 'site' AND actor_role <> 'host' AND w.char_end <= s.char_end;

-- rule: words-of-the-order
-- The event from which a link of order or of cause goes is not told by the last words of the link alone; on a condition
-- both orders are found.
-- Why: "X followed Y" says that X came after Y.
-- At event_links.event_id: expected the other event, as the words of this one end those of the link. Turn the link round.
SELECT DISTINCT l.* FROM event_links l JOIN row_words k ON k.key = event_link_id
JOIN row_words w ON w.key = l.event_id AND w.source_id = k.source_id
WHERE link_type IN ('ended', 'escalated_into', 'follows', 'resulted_in') AND w.char_start > k.char_start AND w.char_start < k.char_end AND w.char_end >= k.char_end
  AND NOT EXISTS (FROM row_words o WHERE o.key = linked_event_id AND o.source_id = k.source_id
    AND share_words(o.char_start, o.char_end, k.char_start, k.char_end) AND o.char_start > w.char_start);

-- rule: targets-are-stated
-- A target is stated by the words of its row, or is what the words for the role are followed by.
-- Why: the target stays empty if the words do not say it.
-- At event_actors.actor_role: expected words that state the target. Anchor them, or remove the part.
SELECT p.* FROM event_actors p WHERE actor_role = 'target' AND EXISTS (
  FROM row_words w WHERE w.key = event_actor_id AND w.support = 'inferred') AND NOT EXISTS (
  FROM support r JOIN support n USING (row_id, source_id) WHERE r.row_id = event_actor_id AND r.column_name = 'actor_role'
  AND n.column_name = 'actor_id' AND n.char_start BETWEEN r.char_end AND r.char_end + 5);

-- rule: links-of-the-events-in-their-words
-- A link that its words state, and that hold the words of a third event but not of the event from which it goes, goes from the third.
-- Why: whose effect something is, is not to be turned from one side to the other.
-- At event_links.event_id: expected {other}, whose words are in those of the link. Fix the event, or anchor the words of the link.
SELECT DISTINCT l.*, o.key AS other FROM event_links l JOIN row_words k ON k.key = event_link_id AND k.support = 'explicit'
JOIN row_words o ON o.table_name = 'events' AND o.source_id = k.source_id AND o.key NOT IN (l.event_id, linked_event_id)
  AND o.char_start < k.char_start + 5 AND share_words(o.char_start, o.char_end, k.char_start, k.char_end)
WHERE NOT EXISTS (FROM row_words w WHERE w.key = l.event_id AND w.source_id = k.source_id AND share_words(w.char_start, w.char_end, k.char_start, k.char_end))
  AND NOT EXISTS (FROM row_words w WHERE w.key = l.linked_event_id AND touches(w.char_start, w.char_end, o.char_start, o.char_end));

-- rule: ended-together
-- Two events of one type that the same event ended are linked with each other.
-- Why: they are one event under two names, may be, or are parts of one another; which, the link says.
-- At event_links.linked_event_id: expected a link between this event and {other}. Say how the two are related, or remove one.
SELECT l.*, m.linked_event_id AS other FROM event_links l JOIN event_links m USING (event_id, link_type)
JOIN events a ON a.event_id = l.linked_event_id JOIN events b ON b.event_id = m.linked_event_id
WHERE link_type = 'ended' AND a.event_id < b.event_id AND a.event_type = b.event_type AND NOT EXISTS (
  FROM event_links o WHERE (o.event_id, o.linked_event_id) IN ((a.event_id, b.event_id), (b.event_id, a.event_id)));

-- rule: places-named-with-the-event
-- An event has a place if its words hold, or are followed within a word by, the proper name of a place, that of no actor.
-- Why: where it took place is stated beside it.
-- At events.place_id: expected a place, as the words name {place}. Fill it, or anchor the words of the event without the name.
SELECT DISTINCT e.*, n.thing AS place FROM events e JOIN row_words w ON w.key = event_id
JOIN named n ON n.source_id = w.source_id AND n.thing IN (SELECT place_id FROM places)
JOIN names USING (name_id)
WHERE e.place_id IS NULL AND name_type = 'proper_name'
  AND (lies_in(n.char_start, n.char_end, w.char_start, w.char_end) OR n.char_start BETWEEN w.char_end + 1 AND w.char_end + 4);

-- rule: wholes-are-no-condition-of-themselves
-- What is a condition of a part of a whole does not have the whole as its condition.
-- Why: the part would come about before that on which it hangs.
-- At event_links.linked_event_id: expected no condition {whole}, a part of which hangs on it. Turn the link round, or remove it.
SELECT b.*, w.linked_event_id AS whole FROM event_links a JOIN event_links w ON w.event_id = a.linked_event_id
JOIN event_links b ON b.event_id = w.linked_event_id AND b.linked_event_id = a.event_id
WHERE a.link_type = 'precondition_of' AND w.link_type = 'part_of' AND b.link_type = 'precondition_of';

-- rule: one-killing-of-one-victim
-- Nobody is the target of two killings, unless these are linked.
-- Why: those killed at one time are not those killed at another.
-- At event_actors.actor_id: expected another actor than {event} has. Give each its own victims, or link the events.
SELECT p.*, o.event_id AS event FROM event_actors p JOIN event_actors o USING (actor_id, actor_role)
JOIN events a ON a.event_id = p.event_id JOIN events b ON b.event_id = o.event_id
WHERE actor_role = 'target' AND a.event_type = 'killing' AND b.event_type = 'killing' AND p.event_id < o.event_id AND NOT EXISTS (
  FROM event_links l WHERE (l.event_id, linked_event_id) IN ((p.event_id, o.event_id), (o.event_id, p.event_id)));

-- rule: invaders-come-from-elsewhere
-- Who invades or occupies something is not of the country where it lies, and its target is, as far as both are known.
-- Why: one does not invade one's own country.
-- At event_actors.actor_role: expected the other side, as the place is in {country}. Fix the role, or the place.
SELECT p.*, l.country_code AS country FROM event_actors p JOIN events e USING (event_id) JOIN places l USING (place_id) JOIN actors a USING (actor_id)
WHERE event_type IN ('invasion', 'occupation') AND (actor_role = 'initiator' AND a.country_code = l.country_code
  OR actor_role = 'target' AND a.actor_type = 'state' AND a.country_code <> l.country_code);

-- rule: named-by-the-narrator
-- An actor whom the narrator's own words for an event name has its part in the event by the narrator's word too.
-- Why: what the report says itself is no claim.
-- At event_actors.attribution: expected narrator or both, as the words of the event name the actor. Fix the attribution.
SELECT DISTINCT p.* FROM event_actors p JOIN events e USING (event_id) JOIN row_words w ON w.key = event_id
JOIN named n ON n.thing = p.actor_id AND n.source_id = w.source_id AND lies_in(n.char_start, n.char_end, w.char_start, w.char_end)
WHERE p.attribution = 'speaker' AND e.attribution <> 'speaker'
  AND NOT EXISTS (FROM said s WHERE s.source_id = w.source_id AND share_words(s.char_start, s.char_end, w.char_start, w.char_end));

-- rule: own-disarmament
-- Disarmament has no target, and dismantling another doer than target.
-- Why: who gives up its own weapons disarms, and who takes another's dismantles.
-- At event_actors.actor_role: expected no target of disarmament, or another one than the doer of dismantling. Fix the type of the event, or the role.
SELECT p.* FROM event_actors p JOIN events e USING (event_id) WHERE actor_role = 'target' AND (event_type = 'disarmament'
  OR event_type = 'dismantling' AND EXISTS (FROM event_actors d WHERE d.event_id = e.event_id AND d.actor_id = p.actor_id AND d.actor_role = 'initiator'));

-- rule: told-once
-- Two events in which one actor has the same part, and of which the words of one lie in those of the other, are linked, but for
-- what only possibly is the same.
-- Why: else they are one event, coded twice.
-- At events.event_id: expected a link to {other}, or other words. Remove one of the two, or say how they are related.
WITH within AS (
  SELECT b.row_no, b.key, v.key AS other FROM row_words v JOIN row_words b USING (table_name, source_id)
  WHERE table_name = 'events' AND v.key <> b.key AND lies_in(b.char_start, b.char_end, v.char_start, v.char_end)
)
SELECT DISTINCT w.row_no, other FROM within w JOIN events a ON a.event_id = w.key JOIN events c ON c.event_id = other AND (a.realis, a.attribution) = (c.realis, c.attribution)
JOIN event_actors p ON p.event_id = w.key JOIN event_actors q ON q.event_id = other AND (q.actor_id, q.actor_role) = (p.actor_id, p.actor_role)
WHERE NOT EXISTS (FROM event_links l WHERE (l.event_id, linked_event_id) IN ((w.key, other), (other, w.key)));

-- rule: one-link-of-two-events
-- Two events have one link on the same words.
-- Why: the words say how they are related once.
-- At event_links.link_type: expected one link, but {other} has the same words. Remove one of the two.
SELECT DISTINCT a.*, b.event_link_id AS other FROM event_links a JOIN event_links b ON a.event_link_id > b.event_link_id
  AND (b.event_id, b.linked_event_id) IN ((a.event_id, a.linked_event_id), (a.linked_event_id, a.event_id))
JOIN row_words v ON v.key = a.event_link_id JOIN row_words w ON w.key = b.event_link_id AND w.source_id = v.source_id
  AND touches(v.char_start, v.char_end, w.char_start, w.char_end);

-- rule: one-event-at-one-time
-- What happened is not possibly the same as what is due, possible or did not come about, nor as what was at another time.
-- Why: one event has one realis and one time.
-- At event_links.link_type: expected two events that can be one. Remove the link.
SELECT l.* FROM event_links l JOIN events a USING (event_id) JOIN events b ON b.event_id = linked_event_id
WHERE link_type = 'possibly_same_as' AND ((a.realis IN ('actual', 'ongoing')) <> (b.realis IN ('actual', 'ongoing'))
  OR a.end_latest < b.start_earliest OR b.end_latest < a.start_earliest);

-- rule: doers-of-the-cause-alone
-- Who does something is not coded again as the doer of what results from it.
-- Why: "the offensive killed" has one doer, that of the offensive.
-- At event_actors.actor_role: expected no initiator whom {event} has, from which this results. Remove the row.
SELECT p.*, l.event_id AS event FROM event_actors p JOIN event_links l ON l.linked_event_id = p.event_id
JOIN event_actors c ON c.event_id = l.event_id AND c.actor_id = p.actor_id AND c.actor_role = p.actor_role
WHERE link_type = 'resulted_in' AND p.actor_role = 'initiator';

-- rule: wars-have-two-sides
-- Who fights in an armed conflict is a participant; an initiator is only one who fights a target.
-- Why: between two sides, or drawn into a war, nobody is the doer.
-- At event_actors.actor_role: expected participant, or another side. Fix the role, or add the other side.
SELECT p.* FROM event_actors p JOIN events e USING (event_id) WHERE event_type = 'armed_conflict' AND actor_role IN ('initiator', 'target')
  AND NOT EXISTS (FROM event_actors o WHERE o.event_id = e.event_id AND o.actor_role IN ('initiator', 'target') AND o.actor_role <> p.actor_role);

-- rule: hosts-have-premises
-- An event that somebody hosts has a site as its place, if it has one.
-- Why: the premises of the host are the venue, and a site is a place besides its town.
-- At events.place_id: expected the site of {host}. Name it, or fix the role.
SELECT e.*, p.actor_id AS host FROM events e JOIN event_actors p USING (event_id) JOIN places USING (place_id) WHERE actor_role = 'host' AND place_type <> 'site';
