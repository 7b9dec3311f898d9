-- Statements: speech act, cue, proposition, addressees and links.

-- rule: repeated-in-so-many-words
-- A statement is repeated exactly if its cue words say so (repeatedly, again, often, always and the like).
-- Why: the words are the evidence of it.
-- At statements.is_repeated: expected true exactly if the cue words say so. Take the adverb into cue_words, or fix is_repeated.
SELECT * FROM statements WHERE is_repeated <> regexp_matches(cue_words,
  '(?i)\b(repeatedly|again|often|always|frequently|many times|several times|continually|constantly)\b');

-- rule: conditions-have-an-object
-- A statement sets a condition exactly if a row of statement_links says what it conditions on.
-- Why: a condition is a condition of something.
-- At statements.speech_act: expected set_condition exactly if a statement link has conditions_on. Fix the act, or the link.
SELECT * FROM statements s WHERE (speech_act = 'set_condition') <>
  EXISTS (FROM statement_links l WHERE l.statement_id = s.statement_id AND link_role = 'conditions_on');

-- rule: accusations-have-an-addressee
-- A statement that accuses, demands or urges has an addressee.
-- Why: someone is accused or asked.
-- At statements.speech_act: expected an addressee: who is accused or asked. Add it, or fix the act.
SELECT * FROM statements s WHERE speech_act IN ('accuse', 'demand', 'urge')
  AND NOT EXISTS (FROM statement_actors a WHERE a.statement_id = s.statement_id AND actor_role = 'addressee');

-- rule: negations-are-negative
-- Polarity is negative exactly if the proposition, as it is written, has a negation; not where the source takes no stand.
-- Why: polarity is that of the proposition, and no stand has no direction.
-- At statements.polarity: expected negative exactly if the proposition has a negation. Fix the polarity, or the proposition.
SELECT * FROM statements WHERE certainty <> 'uncommitted' AND (polarity = 'negative') <>
  regexp_matches(lower(proposition), '\b(not|no|never|nobody|nothing|none|neither|nor|without|cannot)\b|n''t\b');

-- rule: possible-in-so-many-words
-- The proposition of a statement that is only possible says so (can, could, may, might, possibly, perhaps).
-- Why: a flat proposition would say more than the speaker does.
-- At statements.certainty: expected a proposition that says how far it is possible. Fix the certainty, or the proposition.
SELECT * FROM statements WHERE certainty = 'possible'
  AND NOT regexp_matches(lower(proposition), '\b(can|could|may|might|possible|possibly|perhaps)\b');

-- rule: probable-in-so-many-words
-- The proposition of a statement that is only probable says so (likely, probably, expected, should).
-- Why: a flat proposition would say more than the speaker does.
-- At statements.certainty: expected a proposition that says how far it is probable. Fix the certainty, or the proposition.
SELECT * FROM statements WHERE certainty = 'probable'
  AND NOT regexp_matches(lower(proposition), '\b(likely|probably|probable|expected|expects?|should)\b');

-- rule: others-than-the-speaker
-- Subject, addressee, relay and those spoken for are others than the speaker.
-- Why: the speaker has a column of its own.
-- At statement_actors.actor_id: expected another actor than the speaker. Fix one of the two, or remove the part.
SELECT a.* FROM statement_actors a JOIN statements USING (statement_id) WHERE actor_id = speaker_actor_id;

-- rule: the-accused-is-spoken-of
-- Who is accused is the subject of the accusation, too.
-- Why: it is the conduct of the accused that is spoken of.
-- At statement_actors.actor_id: expected a subject of the statement. Add the part as subject, or fix the actor.
SELECT a.* FROM statement_actors a JOIN statements USING (statement_id) WHERE speech_act = 'accuse' AND actor_role = 'addressee'
  AND NOT EXISTS (FROM statement_actors s WHERE s.statement_id = a.statement_id AND s.actor_id = a.actor_id AND s.actor_role = 'subject');

-- rule: spoken-for-by-relation
-- A speaker speaks for those for whom it stands by a relation: whose office, part, official or spokesperson it is.
-- Why: for whom somebody speaks is a relation that the text states.
-- At statement_actors.actor_id: expected an actor to whom the speaker has a relation. Fix the actor or the role, or add the relation.
SELECT a.* FROM statement_actors a JOIN statements USING (statement_id) WHERE actor_role = 'spoken_for'
  AND NOT EXISTS (FROM stands_for f WHERE f.actor_id = speaker_actor_id AND for_actor_id = a.actor_id);

-- rule: spokespersons-speak-for-somebody
-- What an office or a spokesperson says is said for the actor of which it is the office or for which it speaks.
-- Why: readers must see whose word it is.
-- At statements.speaker_actor_id: expected {wanted} as spoken for. Add the part, or fix the speaker.
SELECT s.*, related_actor_id AS wanted FROM statements s JOIN actor_relations r ON r.actor_id = speaker_actor_id
WHERE relation_type IN ('office_of', 'speaks_for') AND NOT EXISTS (FROM statement_actors a
  WHERE a.statement_id = s.statement_id AND a.actor_id = related_actor_id AND actor_role = 'spoken_for');

-- rule: doers-are-spoken-of
-- Who does something by what a statement asserts (initiator, verifier, attendee) is its subject, or speaks.
-- Why: the subject is whose conduct the proposition is about.
-- At event_actors.actor_id: expected a subject or the speaker of the statement that asserts the part. Fix one of the two.
SELECT p.* FROM event_actors p JOIN asserted a ON a.key = event_actor_id WHERE actor_role IN ('attendee', 'initiator', 'verifier')
  AND NOT EXISTS (FROM statement_actors s WHERE s.statement_id = a.statement_id AND s.actor_id = p.actor_id AND s.actor_role = 'subject')
  AND NOT EXISTS (FROM sides_of_statements s WHERE s.statement_id = a.statement_id AND s.actor_id = p.actor_id);

-- rule: subjects-have-a-part
-- The subject of a statement that asserts parts in events has one of them.
-- Why: the subject is whose conduct or state the proposition is about.
-- At statement_actors.actor_id: expected an actor whose part the statement asserts. Fix one of the two.
SELECT s.* FROM statement_actors s WHERE actor_role = 'subject'
  AND EXISTS (FROM statement_links l WHERE l.statement_id = s.statement_id AND link_role = 'asserts' AND event_actor_id IS NOT NULL)
  AND NOT EXISTS (FROM asserted a JOIN event_actors p ON p.event_actor_id = a.key WHERE a.statement_id = s.statement_id AND p.actor_id = s.actor_id);

-- rule: acts-by-their-cue
-- A cue with the verb of a speech act (accuse, urge, demand, warn, threaten, deny, reject, criticise, endorse) is that act,
-- and to describe is to assess.
-- Why: the act is that of the reporter's verb, for each speaker alike.
-- At statements.speech_act: expected {wanted}, as the cue words have it. Fix the act, or anchor the words of the cue.
SELECT * FROM (SELECT *, regexp_extract(cue_words, '(?i)\b(accus|urg|demand|warn|threaten|deny|deni|reject|criti|endors|descri)', 1) AS verb,
  CASE verb WHEN 'urg' THEN 'urge' WHEN 'deni' THEN 'deny' WHEN 'criti' THEN 'criticise' WHEN 'accus' THEN 'accuse' WHEN 'endors' THEN 'endorse' WHEN 'descri' THEN 'assess'
    ELSE verb END AS wanted FROM statements)
WHERE verb <> '' AND speech_act <> wanted AND NOT regexp_matches(cue_words, '(?i)\b(not|never)\b');

-- rule: withheld-in-so-many-words
-- An endorsement is withheld exactly if a stance is told with a negation.
-- Why: what is not endorsed is neither endorsed nor rejected.
-- At statements.speech_act: expected withhold exactly if a position has a negation in its cue. Fix the act, the mode or the cue words.
SELECT * FROM statements WHERE (speech_act = 'withhold') <> (mode = 'position' AND regexp_matches(cue_words, '(?i)\b(not|never|yet to)\b'));

-- rule: conditions-are-complete
-- A statement that sets a condition asserts a term, a link precondition_of and the event on which it conditions.
-- Why: the condition is one of these without the other nowhere to be found.
-- At statements.speech_act: expected links that assert a term, a link precondition_of, and each event that it conditions on. Add what is missing.
SELECT s.* FROM statements s WHERE speech_act = 'set_condition' AND (
  NOT EXISTS (FROM statement_links l WHERE l.statement_id = s.statement_id AND link_role = 'asserts' AND term_id IS NOT NULL)
  OR NOT EXISTS (FROM asserted a JOIN event_links e ON event_link_id = a.key WHERE a.statement_id = s.statement_id AND link_type = 'precondition_of')
  OR EXISTS (FROM statement_links l WHERE l.statement_id = s.statement_id AND link_role = 'conditions_on'
    AND (NOT EXISTS (FROM asserted a JOIN event_links e ON event_link_id = a.key
      WHERE a.statement_id = s.statement_id AND link_type = 'precondition_of' AND e.event_id = l.event_id)
    OR NOT EXISTS (FROM asserted a WHERE a.statement_id = l.statement_id AND a.key = l.event_id))));

-- rule: what-is-put-forward-is-asserted
-- A statement that demands, urges, consents or commits asserts a term or an event: what is put forward.
-- Why: else nothing says what is asked or offered.
-- At statements.speech_act: expected a statement link that asserts a term or an event. Add it, or fix the act.
SELECT s.* FROM statements s WHERE speech_act IN ('commit', 'consent', 'demand', 'urge')
  AND NOT EXISTS (FROM statement_links l WHERE l.statement_id = s.statement_id AND link_role = 'asserts' AND coalesce(term_id, event_id) IS NOT NULL);

-- rule: links-on-the-words-of-the-statement
-- What a statement links to, and its subjects and addressees, stand in its words; what is only implied meets them.
-- Why: a statement says what its words say.
-- At {table_name}.key: expected words that lie in those of the statement. Anchor what the statement says of it, or the whole statement.
SELECT w.table_name, w.row_no FROM row_words w JOIN (
  SELECT statement_link_id AS key, statement_id, relation_id IS NULL AS strict FROM statement_links
  UNION ALL SELECT statement_actor_id, statement_id, true FROM statement_actors WHERE actor_role IN ('addressee', 'subject')) p USING (key)
WHERE NOT EXISTS (FROM said s WHERE s.statement_id = p.statement_id AND s.source_id = w.source_id
  AND if(strict AND support = 'explicit', lies_in(w.char_start, w.char_end, s.char_start, s.char_end),
         share_words(w.char_start, w.char_end, s.char_start, s.char_end)));

-- rule: quotations-of-the-statement
-- The words that a statement quotes lie in its words.
-- Why: a quotation is of the statement in which it stands.
-- At statements.quote_words: expected words within those of the statement. Move the quotation to the statement in which it stands.
SELECT t.row_no FROM support q JOIN statements t ON t.statement_id = q.row_id WHERE q.column_name = 'quote_words' AND NOT EXISTS (
  FROM said s WHERE s.statement_id = q.row_id AND s.source_id = q.source_id AND lies_in(q.char_start, q.char_end, s.char_start, s.char_end));

-- rule: direct-is-mostly-quoted
-- A statement is direct exactly if more than half of its words are quoted.
-- Why: else the reporter's words carry it, and it is mixed.
-- At statements.mode: expected {wanted}, by the length of the quotation. Fix the mode, or anchor the whole quotation.
SELECT s.*, wanted FROM statements s JOIN said USING (statement_id),
LATERAL (SELECT if(2 * len(quote_words) > char_end - char_start, 'direct', 'mixed') AS wanted)
WHERE quote_words IS NOT NULL AND mode IN ('direct', 'mixed') AND mode <> wanted;

-- rule: the-object-of-the-cue
-- Who is named right after the cue words, and does not speak, is the addressee.
-- Why: the object of "told", "urged" or "accused" is who is spoken to, for each speaker alike.
-- At statements.cue_words: expected {actor} as addressee. Fix the role of the actor, or the words of the cue.
SELECT s.*, n.thing AS actor FROM statements s JOIN support c ON c.row_id = statement_id AND c.column_name = 'cue_words'
JOIN named n ON n.source_id = c.source_id AND n.char_start = c.char_end + 1 JOIN names USING (name_id)
WHERE n.thing IN (SELECT actor_id FROM actors) AND n.thing <> speaker_actor_id AND name_type <> 'adjectival'
  AND NOT EXISTS (FROM statement_actors a WHERE a.statement_id = s.statement_id AND a.actor_id = n.thing AND a.actor_role = 'addressee');

-- rule: speakers-stand-by-their-cue
-- The words for the speaker stand before the cue, or right after it.
-- Why: who is named within what is said does not say it.
-- At statements.speaker_actor_id: expected the subject of the cue words. Fix the speaker, or its words.
SELECT s.* FROM statements s JOIN support a ON a.row_id = statement_id AND a.column_name = 'speaker_actor_id'
JOIN support c ON c.row_id = statement_id AND c.column_name = 'cue_words' AND c.source_id = a.source_id
WHERE a.char_start > c.char_end + 5;

-- rule: withheld-propositions-are-negated
-- The proposition of an endorsement that is withheld has a negation.
-- Why: the proposition of a position is the stance itself, which polarity does not tell.
-- At statements.proposition: expected a negation. Write the stance as the words have it.
SELECT * FROM statements WHERE speech_act = 'withhold' AND NOT regexp_matches(lower(proposition), '\b(not|no|never|without|neither|yet to|declin\w+|refus\w+)\b|n''t\b');

-- rule: conditional-in-so-many-words
-- The proposition of a statement that sets a condition says on what it depends (only, if, unless, until, depends and the like).
-- Why: without its condition it says something else.
-- At statements.proposition: expected a proposition with its condition. Write what must come first.
SELECT * FROM statements WHERE speech_act = 'set_condition' AND NOT regexp_matches(lower(proposition),
  '\b(if|only|once|unless|until|before|after|without|condition\w*|depend\w*|hing\w+|requir\w+|need\w*|provided)\b');

-- rule: who-commits-does-it
-- Who commits is to do something; who consents lets others do it.
-- Why: an offer to act and a leave for others to act differ by who would act.
-- At statements.speech_act: expected {wanted}, by who does what the statement asserts. Fix the act, or the parts.
SELECT s.*, if(speech_act = 'commit', 'consent', 'commit') AS wanted FROM statements s, LATERAL (
  SELECT bool_or(p.actor_id IN (SELECT actor_id FROM sides_of_statements o WHERE o.statement_id = s.statement_id)) AS own
  FROM asserted a JOIN event_actors p ON p.event_actor_id = a.key
  WHERE a.statement_id = s.statement_id AND p.actor_role IN ('initiator', 'participant', 'verifier'))
WHERE speech_act = 'commit' AND own = false OR speech_act = 'consent' AND own = true AND NOT EXISTS (
  FROM asserted a JOIN event_actors p ON p.event_actor_id = a.key
  WHERE a.statement_id = s.statement_id AND actor_role IN ('initiator', 'participant', 'verifier')
  AND p.actor_id NOT IN (SELECT actor_id FROM sides_of_statements o WHERE o.statement_id = s.statement_id));

-- rule: no-side-of-a-subject-left-out
-- If one of those to whom a statement gives the same part in an event is its subject, so are the others who do not speak.
-- Why: the proposition is about each of them alike.
-- At statement_actors.actor_id: expected {other} as subject too, as it has the same part. Add it, or remove this one.
SELECT s.*, q.actor_id AS other FROM statement_actors s JOIN asserted a USING (statement_id) JOIN event_actors p ON p.event_actor_id = a.key AND p.actor_id = s.actor_id
JOIN event_actors q ON q.event_id = p.event_id AND q.actor_role = p.actor_role JOIN asserted b ON b.key = q.event_actor_id AND b.statement_id = s.statement_id
WHERE s.actor_role = 'subject'
  AND NOT EXISTS (FROM statement_actors o WHERE o.statement_id = s.statement_id AND o.actor_id = q.actor_id AND o.actor_role = 'subject')
  AND NOT EXISTS (FROM sides_of_statements o WHERE o.statement_id = s.statement_id AND o.actor_id = q.actor_id);

-- rule: speakers-by-their-whole-name
-- The words for the speaker are no part of a longer name of another actor.
-- Why: a spokesperson or an office speaks, and not the one whose name is in theirs.
-- At statements.speaker_actor_id: expected {actor}, whose name holds the words. Fix the speaker, or anchor its words.
SELECT s.*, n.thing AS actor FROM statements s JOIN support a ON a.row_id = statement_id AND a.column_name = 'speaker_actor_id'
JOIN named n ON n.source_id = a.source_id AND n.thing <> speaker_actor_id AND lies_in(a.char_start, a.char_end, n.char_start, n.char_end)
  AND n.char_end - n.char_start > a.char_end - a.char_start AND n.thing IN (SELECT actor_id FROM actors);

-- rule: quoted-once
-- No words are the quotation of two statements.
-- Why: what stands between two quotation marks is one saying.
-- At statements.quote_words: expected words that {other} does not quote. Keep the quotation where its cue is.
SELECT s.*, o.row_id AS other FROM support q JOIN statements s ON s.statement_id = q.row_id JOIN support o USING (source_id, column_name)
WHERE column_name = 'quote_words' AND q.row_id <> o.row_id AND share_words(q.char_start, q.char_end, o.char_start, o.char_end);

-- rule: warnings-of-what-could-come
-- A warning of what could come of an event is possible.
-- Why: could is the speaker's own measure.
-- At statements.certainty: expected possible. Fix the certainty, or the link that the statement asserts.
SELECT s.* FROM statements s JOIN asserted USING (statement_id) JOIN event_links l ON l.event_link_id = key
WHERE speech_act = 'warn' AND link_type = 'could_lead_to' AND certainty <> 'possible';

-- rule: attendance-is-mentioned
-- A statement that has somebody attend an event, and asserts no other part in it, mentions the event and does not assert it.
-- Why: who is said to have attended a meeting attended one that is known already.
-- At statement_links.link_role: expected mentions, as the statement says of the event only who attended. Fix the link.
SELECT l.row_no FROM statement_links l JOIN event_actors p USING (event_id) JOIN asserted a ON a.key = p.event_actor_id AND a.statement_id = l.statement_id
WHERE l.link_role = 'asserts' GROUP BY l.row_no HAVING bool_and(p.actor_role = 'attendee');

-- rule: naming-a-speaker-is-the-narrators
-- What stands in the words that name the speaker, the addressee or the one who passes a statement on is not that statement's.
-- Why: who speaks, and what that one is, the narrator says.
-- At {table_name}.attribution: expected narrator, as the row rests on the words by which the narrator names who speaks. Fix the attribution and the link.
SELECT a.* FROM attributed a JOIN row_words w USING (key) JOIN asserted s USING (key) JOIN said_by_narrator n ON n.statement_id = s.statement_id
  AND n.source_id = w.source_id AND lies_in(w.char_start, w.char_end, n.char_start, n.char_end)
WHERE a.attribution = 'speaker';

-- rule: one-charge-of-one-accusation
-- A statement that accuses asserts one act of the one whom it accuses.
-- Why: "accused it of this and of that" is two statements, which may be true or false each for itself.
-- At statements.statement_id: expected one event whose doer is the subject. Divide the statement.
SELECT s.row_no FROM statements s JOIN asserted a USING (statement_id) JOIN event_actors p ON p.event_id = a.key AND p.actor_role = 'initiator'
JOIN statement_actors b ON b.statement_id = s.statement_id AND b.actor_id = p.actor_id AND b.actor_role = 'subject'
WHERE speech_act = 'accuse' GROUP BY s.row_no HAVING count(DISTINCT p.event_id) > 1;
