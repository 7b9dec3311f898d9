-- What only the coded text can tell. given_texts has each text that was given, canonical and folded, with its digest;
-- occurrences where each form of a name stands in it.

-- rule: the-text-that-was-coded
-- A text that is given to the check is one that was coded.
-- Why: offsets into another text mean nothing.
-- With the text.
-- At sources.text_sha256: expected the digest of a text that was given. Give the text that was coded, or fix the row.
SELECT * FROM sources WHERE source_type = 'coded_text' AND text_sha256 NOT IN (SELECT text_sha256 FROM given_texts)
  AND EXISTS (FROM given_texts ANTI JOIN sources USING (text_sha256));

-- rule: digests-of-the-text
-- The digest of every passage and of every span of evidence is that of the words there.
-- Why: offsets and digest together show where a cell stands.
-- With the text.
-- At {table_name}.sha256: expected {found}, the digest of the text there. The offsets or the digest are wrong: anchor the words again.
SELECT table_name, spans.row_no, sha256(coalesce(folded[char_start::BIGINT + 1 : char_end::BIGINT], '')) AS found
FROM spans JOIN sources USING (source_id) JOIN given_texts USING (text_sha256) WHERE sha256 <> found;

-- rule: every-name-is-judged
-- Every occurrence of a name in the text is evidence of some row of names.
-- Why: someone has judged what the words name there.
-- With the text.
-- At names.name_words: expected evidence for the occurrence at {char_start}-{char_end}. Say what it names there: a row of names, with the occurrence in evidence.
SELECT names.*, o.char_start, o.char_end FROM names JOIN occurrences o USING (name_id)
WHERE name_type NOT IN ('anaphor', 'description') AND NOT EXISTS (
  FROM support s WHERE s.table_name = 'names' AND s.source_id = o.source_id AND s.char_start <= o.char_start AND o.char_end <= s.char_end);

-- rule: spans-of-whole-words
-- A span of evidence begins and ends with a word, and takes in no article, space, quotation mark or full stop at its edges.
-- Why: readers see the span as it is, and half a word, or a mark, is nobody's word.
-- With the text.
-- At evidence.char_start: expected a span of whole words without article or marks at its edges. Anchor the words again.
SELECT s.* FROM support s JOIN sources USING (source_id) JOIN given_texts USING (text_sha256),
LATERAL (SELECT words_at(folded, char_start, char_end) AS words, words_at(folded, char_start - 1, char_start + 1) AS before,
                words_at(folded, char_end - 1, char_end + 1) AS after)
WHERE char_start < char_end AND (char_start > 0 AND regexp_matches(before, '^[\pL\pN]{2}$')
  OR regexp_matches(after, '^[\pL\pN]{2}$') OR regexp_matches(words, '(?i)^(the|a|an) |^[^\pL\pN]|[^\pL\pN%)]$'));

-- rule: quotations-in-quotation-marks
-- Quoted words are the whole of what stands between two quotation marks, but for the punctuation at the end.
-- Why: the marks show that the words are the speaker's own.
-- With the text.
-- At statements.quote_words: expected all the words between two quotation marks, and no others. Anchor the quotation again.
SELECT s.of_row AS row_no FROM support s WHERE column_name = 'quote_words' AND char_start IS NOT NULL
  AND EXISTS (FROM sources JOIN given_texts USING (text_sha256) WHERE sources.source_id = s.source_id)
  AND NOT EXISTS (FROM quotations q WHERE q.source_id = s.source_id AND q.char_start = s.char_start AND q.char_end = s.char_end);

-- rule: quotations-are-coded
-- All that the text puts in quotation marks is quoted by a statement, or is a name.
-- Why: what a speaker is quoted with is not to be overlooked.
-- With the text.
-- At passages.passage_id: expected the quotation at {at} in quote_words of a statement or as a name. Code it.
SELECT p.*, q.char_start AS at FROM quotations q JOIN passages p ON p.source_id = q.source_id
  AND lies_in(q.char_start, q.char_end, p.char_start, p.char_end)
WHERE NOT EXISTS (FROM support s WHERE s.source_id = q.source_id AND s.char_start = q.char_start AND s.char_end = q.char_end
  AND column_name IN ('name_words', 'quote_words'));

-- rule: passages-are-sentences
-- A passage is one sentence: it begins as one, holds no end of another, and ends as one or with its paragraph.
-- Why: a sentence is the unit in which readers look a cell up.
-- With the text.
-- At passages.char_end: expected one sentence. Make the table with `python -m scripts.coding.anchor passages`.
SELECT p.* FROM passages p JOIN sources USING (source_id) JOIN given_texts USING (text_sha256),
LATERAL (SELECT words_at(folded, char_start, char_end) AS words, words_at(folded, char_end, char_end + 1) AS after)
WHERE regexp_matches(words, '[\pL\pN]{3}[.!?]["'')]* ["''(]?\p{Lu}') OR contains(words, chr(10)) OR NOT regexp_matches(words, '^["''(]?[\p{Lu}\pN]')
  OR NOT (regexp_matches(words, '[.!?]["'')]*$') OR after IN (chr(10), ''));

-- rule: link-lines-are-no-sentences
-- A link line is a paragraph of its own without a full stop.
-- Why: it names another report; a sentence of this one is asserted by its narrator or a speaker.
-- With the text.
-- At passages.passage_type: expected body for a sentence of the report. Fix the type, and the attribution of the rows that rest on it.
SELECT p.* FROM passages p JOIN sources USING (source_id) JOIN given_texts USING (text_sha256) WHERE passage_type = 'link'
  AND (regexp_matches(words_at(folded, char_start, char_end), '[.!?]["'')]*$')
       OR EXISTS (FROM passages o WHERE o.source_id = p.source_id AND o.paragraph_no = p.paragraph_no AND o.passage_id <> p.passage_id));

-- rule: realis-in-so-many-words
-- What the words say is to be done is required, what never was or would have been is unrealised, what was tried is
-- attempted, what is possible is hypothetical, and what has grown or has been in effect is ongoing.
-- Why: the words say how far the event came about, for each side alike.
-- With the text.
-- At events.realis: expected {wanted}, as the words of the event have it. Fix the realis, or anchor the words that tell the event.
SELECT e.*, wanted FROM events e JOIN row_words w ON w.key = event_id JOIN sources USING (source_id) JOIN given_texts USING (text_sha256),
LATERAL (SELECT words_at(folded, w.char_start, w.char_end) AS words),
LATERAL (SELECT CASE WHEN regexp_matches(words, '(?i)\b(never|would have)\b') THEN 'unrealised' WHEN regexp_matches(words, '(?i)\b((is|are|has|have|due|obliged|required) to \pL|must\b|shall\b)') THEN 'required'
  WHEN regexp_matches(words, '(?i)\b((try|trying|tried) to|attempt)') THEN 'attempted'
  WHEN regexp_matches(words, '(?i)\b(possible|potential|future)\b') THEN 'hypothetical'
  WHEN regexp_matches(words, '(?i)\b(been in (effect|force)|ha(s|ve) (grown|intensified|increased|risen|worsened))\b') THEN 'ongoing' END AS wanted)
WHERE realis <> wanted OR wanted IS NULL AND realis IN ('attempted', 'required', 'unrealised');

-- rule: sayings-are-coded
-- Every verb of saying in the text (said, told, accused, urged, warned and the like) is a cue of some statement.
-- Why: whose word something is must not be lost.
-- With the text.
-- At passages.passage_id: expected {verbs} verb(s) of saying in cue_words of statements, {coded} found. Code what is said there, and by whom.
SELECT p.*, verbs, coded FROM passages p JOIN sources USING (source_id) JOIN given_texts USING (text_sha256),
LATERAL (SELECT len(regexp_extract_all(words_at(folded, char_start, char_end), '(?i)\b(said|says|saying|told|tells|accused|accuses|accusing|urged|urges|' ||
  'urging|warned|warns|warning|demanded|denied|denies|described|claimed|claims|insisted|insists|announced|stressed)\b')) AS verbs),
LATERAL (SELECT count(DISTINCT s.char_start) AS coded FROM support s WHERE s.column_name = 'cue_words' AND s.passage_id = p.passage_id)
WHERE passage_type <> 'link' AND coded < verbs;

-- rule: links-in-so-many-words
-- A link that makes a cause (resulted_in, ended, escalated_into) rests on a verb that says so, a response on one of responding,
-- what goes on beside something else on as, while and the like, a condition on words of a condition, and what could follow on a could or would; else the words give an order in time.
-- Why: temporal words stay temporal.
-- With the text.
-- At event_links.link_type: expected words that say {link_type}. Fix the type: follows, if the words give the order alone.
SELECT l.* FROM event_links l, LATERAL (SELECT string_agg(words_at(folded, char_start, char_end), ' ') AS words
  FROM row_words JOIN sources USING (source_id) JOIN given_texts USING (text_sha256) WHERE key = event_link_id)
WHERE NOT regexp_matches(words, '(?i)\b(' || CASE
  WHEN link_type IN ('ended', 'escalated_into', 'resulted_in') THEN
    'kill|destroy|caus|produc|broker|mediat|end|halt|stop|escalat|gr[eo]w|turn|le[ad]+ to|result|because|due to|trigger|spark|brought|displac|wound'
  WHEN link_type = 'responds_to' THEN 'respon|retaliat|repl|answer|react|reveng|in return'
  WHEN link_type = 'concurrent_with' THEN 'as|while|amid|during|when|meanwhile|same time|simultaneous'
  WHEN link_type = 'precondition_of' THEN 'only|if|unless|until|before|once|hing|depend|condition|requir|provided|without'
  WHEN link_type = 'could_lead_to' THEN 'could|would|may|might|risk|threat|can' ELSE '' END || ')');

-- rule: cues-with-their-adverb
-- The cue words of a statement take in the adverb that says how often it was said.
-- Why: whether it was said more than once is read from them.
-- With the text.
-- At statements.cue_words: expected the adverb before the verb too. Anchor the cue with it.
SELECT s.of_row AS row_no FROM support s JOIN sources USING (source_id) JOIN given_texts USING (text_sha256)
WHERE column_name = 'cue_words' AND regexp_matches(words_at(folded, char_start - 30, char_start),
  '(?i)\b(repeatedly|again|often|always|frequently|continually|constantly|not|never) $');

-- rule: names-have-rows
-- A word with a capital letter inside a sentence of the body is part of a name that is coded, or names a day or month.
-- Why: whom and what the text names is not overlooked.
-- With the text.
-- At passages.passage_id: expected {word} in the words of a row of names. Code what it names.
SELECT t.row_no, word FROM words_of_passages t WHERE passage_type = 'body' AND word_no > 1 AND regexp_matches(word, '^\p{Lu}')
  AND NOT regexp_matches(word, '^([A-Z][a-z]+day|January|February|March|April|May|June|July|August|September|October|November|December|I)\b')
  AND NOT EXISTS (FROM support s WHERE s.column_name = 'name_words' AND s.source_id = t.source_id
    AND share_words(s.char_start, s.char_end, t.char_start, t.char_end));

-- rule: possible-by-its-words
-- What a speaker reports, assesses or warns of with could, may or might is possible, and nothing else is.
-- Why: certainty is the speaker's.
-- With the text.
-- At statements.certainty: expected possible exactly if the words say could, may or might. Fix the certainty, or the words.
SELECT s.* FROM statements s JOIN said USING (statement_id) JOIN sources USING (source_id) JOIN given_texts USING (text_sha256)
WHERE speech_act IN ('accuse', 'assess', 'report', 'warn')
  AND (certainty = 'possible') <> regexp_matches(words_at(folded, char_start, char_end), '(?i)\b(could|may|might)\b');

-- rule: types-in-so-many-words
-- An event that its words call an invasion, an offensive, an airstrike, talks, a killing or another type by its name is of a
-- type that they name.
-- Why: the same noun is the same type, whichever side it is said of.
-- With the text.
-- At events.event_type: expected {wanted}, as the words of the event have it. Fix the type, or anchor the words that tell the event.
SELECT e.*, w.wanted FROM events e JOIN (SELECT event_id, max(event_type) AS wanted, list(event_type) AS named FROM types_named GROUP BY event_id) w
USING (event_id) WHERE NOT list_contains(named, e.event_type);

-- rule: after-is-no-tie
-- A term or an event is tied to an agreement by other words than after, since or before it.
-- Why: what comes after an agreement is not of it.
-- With the text.
-- At {table_name}.agreement_id: expected words that make it a term or event of the agreement, not an order in time. Leave the cell empty, or anchor the words of the tie.
SELECT s.table_name, s.of_row AS row_no FROM support s JOIN sources USING (source_id) JOIN given_texts USING (text_sha256)
WHERE table_name IN ('ceasefire_terms', 'events') AND column_name = 'agreement_id'
  AND row_id NOT IN (SELECT event_id FROM events WHERE event_type IN ('agreement_concluded', 'agreement_joined', 'agreement_ratified',
    'ceasefire_breach', 'ceasefire_declared', 'ceasefire_in_effect', 'mediation'))
  AND regexp_matches(words_at(folded, char_start - 20, char_start), '(?i)\b(after|before|following|since) (the |an? )?$');

-- rule: plural-acts-are-several
-- An event whose words tell acts in the plural (strikes, attacks, raids, meetings, clashes and the like) is not single, and
-- one whose words have no plural, or only that of a name, is not repeated, unless it is inferred.
-- Why: plural acts without a number are repeated, and what is named as one whole is single, whichever side does them.
-- With the text.
-- At events.aggregation: expected repeated, period or not_stated, as the words have a plural. Fix the aggregation, or anchor the words that tell the event.
SELECT e.* FROM events e JOIN row_words w ON w.key = event_id JOIN sources USING (source_id) JOIN given_texts USING (text_sha256)
WHERE aggregation = 'single' AND regexp_matches(words_at(folded, w.char_start, w.char_end),
  '(?i)\b((air)?strikes|attacks|raids|clashes|killings|meetings|violations|breaches|incursions|bombings|steps|tensions|hostilities)\b')
  OR aggregation = 'repeated' AND support = 'explicit' AND NOT EXISTS (FROM words_of_passages t WHERE t.source_id = w.source_id
    AND lies_in(t.char_start, t.char_end, w.char_start, w.char_end) AND regexp_matches(lower(word), '^(\pL{3,}s|repeatedly|again|daily)$')
    AND NOT EXISTS (FROM named n WHERE n.source_id = w.source_id AND lies_in(t.char_start, t.char_end, n.char_start, n.char_end)));

-- rule: roles-in-so-many-words
-- Who attended is attendee, with whom something was in solidarity is that, who brokered is broker, and with whom something is
-- done is no target.
-- Why: the words for the role say which it is.
-- With the text.
-- At event_actors.actor_role: expected the role that the words for it name, '{words}'. Fix the role, or its words.
SELECT a.*, words FROM event_actors a JOIN support s ON s.row_id = event_actor_id AND s.column_name = 'actor_role'
JOIN sources USING (source_id) JOIN given_texts USING (text_sha256),
LATERAL (SELECT lower(words_at(folded, s.char_start, s.char_end)) AS words)
WHERE regexp_matches(words, '\battend') AND actor_role <> 'attendee' OR contains(words, 'solidarity') AND actor_role <> 'in_solidarity_with'
  OR regexp_matches(words, '\b(broker|mediat)') AND actor_role <> 'broker'
  OR regexp_full_match(words, '(together |along )?with|and') AND actor_role = 'target';

-- rule: doer-verb-and-object
-- Who does something is named before the words for it, and to whom it is done after them, unless these say by whom or
-- are passive.
-- Why: "X attacked Y" does not say that Y attacked X.
-- With the text.
-- At event_actors.actor_role: expected the other side of the event, by the order of the words. Fix the role, or anchor the words that give it.
SELECT a.* FROM event_actors a JOIN support n ON n.row_id = event_actor_id AND n.column_name = 'actor_id' AND n.support = 'explicit'
JOIN support r ON r.row_id = event_actor_id AND r.column_name = 'actor_role' AND r.support = 'explicit' AND r.source_id = n.source_id AND r.passage_id = n.passage_id
JOIN sources s ON s.source_id = r.source_id JOIN given_texts USING (text_sha256)
WHERE NOT regexp_matches(words_at(folded, r.char_start, r.char_end), '(?i)\b(by|was|were|been|being)\b')
  AND (actor_role = 'initiator' AND n.char_start >= r.char_end OR actor_role = 'target' AND n.char_end <= r.char_start);

-- rule: sentences-are-coded
-- No two words of five letters or more stand together in a coded sentence of the body under no evidence but that of whole
-- statements, of links of more than ten words, and of things that are named.
-- Why: a clause under which no row rests is something that the text says and the tables do not.
-- With the text.
-- At passages.passage_id: expected a row on '{bare_words}'. Code what they say.
WITH covering AS (
  SELECT s.source_id, s.char_start, s.char_end FROM support s JOIN sources USING (source_id) JOIN given_texts USING (text_sha256)
  WHERE s.table_name NOT IN ('actors', 'names', 'statement_links') AND (s.table_name <> 'statements' OR s.column_name IS NOT NULL)
    AND (s.table_name <> 'event_links' OR len(string_split(words_at(folded, s.char_start, s.char_end), ' ')) <= 10)
), marked AS (
  SELECT w.*, NOT EXISTS (FROM covering s WHERE s.source_id = w.source_id AND lies_in(w.char_start, w.char_end, s.char_start, s.char_end)) AS is_bare
  FROM words_of_passages w SEMI JOIN coded_passages USING (passage_id) WHERE passage_type = 'body'
), runs AS (
  SELECT *, sum(if(is_bare, 0, 1)) OVER (PARTITION BY row_no ORDER BY word_no) AS run FROM marked
)
SELECT row_no, string_agg(word, ' ' ORDER BY word_no) AS bare_words FROM runs WHERE is_bare
GROUP BY row_no, run HAVING count(*) FILTER (len(word) >= 5) >= 2;

-- rule: acts-that-are-named-are-coded
-- A sentence of the body that calls something an invasion, occupation, offensive, withdrawal, verification, an airstrike,
-- talks or pressure has an event of that type that rests there, or a link or a statement that points to one.
-- Why: no act of a side is left out, or put under a milder name.
-- With the text.
-- At passages.passage_id: expected an event of the type that '{word}' names. Code it.
SELECT w.row_no, word FROM words_of_passages w
WHERE passage_type = 'body' AND regexp_full_match(lower(word), 'airstrikes?|casualties|invaded|invasion|occupation|occupied|offensive|pressure|talks|verification|withdrawal')
  AND NOT EXISTS (FROM events e JOIN (
    SELECT key AS event_id, key FROM row_words WHERE table_name = 'events'
    UNION ALL SELECT unnest([event_id, linked_event_id]), event_link_id FROM event_links
    UNION ALL SELECT event_id, statement_link_id FROM statement_links) p USING (event_id)
  JOIN row_words r ON r.key = p.key WHERE r.passage_id = w.passage_id AND (
    lower(word) LIKE 'airstrike%' AND event_type = 'air_strike' OR lower(word) = 'casualties' AND event_type = 'civilian_harm'
    OR lower(word) LIKE 'inva%' AND event_type = 'invasion' OR lower(word) LIKE 'occup%' AND event_type = 'occupation'
    OR lower(word) = 'offensive' AND event_type = 'offensive' OR lower(word) = 'pressure' AND event_type = 'diplomatic_pressure'
    OR lower(word) = 'talks' AND event_type = 'talks' OR lower(word) = 'verification' AND event_type = 'verification'
    OR lower(word) = 'withdrawal' AND event_type = 'withdrawal'));

-- rule: polarity-of-the-words
-- Polarity is negative exactly if the words of the statement have a negation, by word or prefix.
-- Why: a proposition follows the text's own negation, so that two writings of it have one polarity.
-- With the text.
-- At statements.polarity: expected negative exactly if the words of the statement negate it. Write the proposition as the words have it.
SELECT s.* FROM statements s JOIN said USING (statement_id) JOIN sources USING (source_id) JOIN given_texts USING (text_sha256)
WHERE polarity IN ('negative', 'positive') AND (polarity = 'negative') <> regexp_matches(words_at(folded, char_start, char_end),
  '(?i)\b(not|no|never|none|nobody|nothing|neither|nor|cannot|without|insufficient\w*|inadequate\w*|unable|unwilling|impossible|unacceptable|fail(s|ed)? to)\b|n''t\b');

-- rule: probable-by-its-words
-- A statement is only probable if its words say so (likely, probably, expected, should, believe).
-- Why: certainty is the speaker's, and not the coder's.
-- With the text.
-- At statements.certainty: expected probable exactly if the words say so. Fix the certainty, or the words.
SELECT s.* FROM statements s JOIN said USING (statement_id) JOIN sources USING (source_id) JOIN given_texts USING (text_sha256)
WHERE certainty = 'probable' AND NOT regexp_matches(words_at(folded, char_start, char_end), '(?i)\b(likely|probabl[ey]|expect\w*|should|believe\w*|think\w*)\b');

-- rule: acts-in-so-many-words
-- A statement with the words insufficient or inadequate criticises, one that hinges or depends on something or has it only
-- after sets a condition, and one that is open to something consents.
-- Why: the same words are the same act, whoever speaks.
-- With the text.
-- At statements.speech_act: expected {wanted}, as the words have it. Fix the act, or the words of the statement.
SELECT s.*, wanted FROM statements s JOIN said USING (statement_id) JOIN sources USING (source_id) JOIN given_texts USING (text_sha256),
LATERAL (SELECT words_at(folded, char_start, char_end) AS words),
LATERAL (SELECT CASE WHEN regexp_matches(words, '(?i)\b(insufficient|inadequate)') THEN 'criticise'
  WHEN regexp_matches(words, '(?i)\b(hinge[sd]? on|depends? on|only (after|if|once|when))\b') THEN 'set_condition'
  WHEN regexp_matches(words, '(?i)\b(is|are|was|were) open to\b') THEN 'consent' END AS wanted)
WHERE speech_act <> wanted;

-- rule: phases-of-a-whole
-- A phase or stage of something is an event, with a link part_of to the whole.
-- Why: the whole has a row of its own.
-- With the text.
-- At passages.passage_id: expected an event on the words '{word} of', with a link part_of. Add the phase, the whole or the link.
SELECT w.row_no, w.word FROM words_of_passages w JOIN words_of_passages o ON o.row_no = w.row_no AND o.word_no = w.word_no + 1
WHERE lower(w.word) IN ('phase', 'stage') AND o.word = 'of' AND w.passage_type = 'body' AND NOT EXISTS (
  FROM row_words r JOIN event_links l ON l.event_id = r.key WHERE link_type = 'part_of' AND r.source_id = w.source_id AND lies_in(w.char_start, w.char_end, r.char_start, r.char_end));

-- rule: speakers-are-no-owners
-- No possessive stands between the words for a speaker and the cue.
-- Why: of "X's office said" the office speaks, and X does not.
-- With the text.
-- At statements.speaker_actor_id: expected an actor for what the speaker has. Add its row, with a relation to this one.
SELECT t.* FROM statements t JOIN support s ON s.row_id = statement_id AND s.column_name = 'speaker_actor_id'
JOIN sources USING (source_id) JOIN given_texts USING (text_sha256)
WHERE regexp_matches(words_at(folded, s.char_end, s.char_end + 3), '^[''’]s? ');

-- rule: addressees-are-no-subjects-of-what-is-said
-- Who is named after the cue and its "that", or within the quotation, is no addressee.
-- Why: whom a statement is about is not whom it is told.
-- With the text.
-- At statement_actors.actor_role: expected subject, or no row, as the actor is named in what is said. Fix the role.
SELECT a.* FROM statement_actors a JOIN support n ON n.row_id = statement_actor_id AND n.column_name = 'actor_id'
JOIN support c ON c.row_id = a.statement_id AND c.column_name = 'cue_words' AND c.source_id = n.source_id AND c.passage_id = n.passage_id
JOIN sources s ON s.source_id = n.source_id JOIN given_texts USING (text_sha256)
WHERE actor_role = 'addressee' AND n.char_start > c.char_end AND regexp_matches(words_at(folded, c.char_end, n.char_start), '\bthat\b|"');

-- rule: types-have-their-words
-- Air strikes, breaches, mediation, economic cooperation, ratification, verification, withdrawal, occupation, invasion, killing,
-- destruction, civilian harm, disarmament and dismantling are events whose words say so, by that word or one of its meaning.
-- Why: a kind that the words do not name is the coder's.
-- With the text.
-- At events.event_type: expected another type, as no words of the event say {event_type}. Fix the type, or anchor the words that tell the event.
SELECT e.* FROM events e JOIN words_of_rows ON key = event_id
WHERE event_type = 'economic_cooperation' AND NOT regexp_matches(words, 'econom|trad|commerc|business|financ|invest|market|export|import')
  OR event_type = 'air_strike' AND NOT regexp_matches(words, 'air|aerial|bomb|drone|jet|plane|helicopter|sky')
  OR event_type = 'ceasefire_breach' AND NOT regexp_matches(words, 'violat|breach|br[eo]a?k|infring|flout|ignor')
  OR event_type = 'mediation' AND NOT regexp_matches(words, 'broker|mediat|facilitat|negotiat|arbitrat|shuttle|go-between')
  OR event_type = 'weapons_destroyed' AND NOT regexp_matches(words, 'destr|blew|blown|burn|demolish')
  OR event_type = 'civilian_harm' AND NOT regexp_matches(words, 'civilian|casualt|wound|injur|harm|hurt|loss|displac|victim|kill|dea[dt]|fle[de]|homeless|villager|resident')
  OR event_type = 'agreement_ratified' AND NOT regexp_matches(words, 'ratif|approv|pass|endors|vote')
  OR event_type = 'verification' AND NOT regexp_matches(words, 'verif|inspect|monitor|check|observ|confirm|supervis|overs')
  OR event_type = 'withdrawal' AND NOT regexp_matches(words, 'withdr|pull|leav|left|retreat|redeploy|mov|quit|evacuat|exit')
  OR event_type = 'occupation' AND NOT regexp_matches(words, 'occup|seiz|held|hold|control|captur|annex|taken|took')
  OR event_type = 'invasion' AND NOT regexp_matches(words, 'inva|enter|cross|incursion|march|advanc')
  OR event_type = 'killing' AND NOT regexp_matches(words, 'kill|dea[dt]|die|assassin|slain|shot|execut')
  OR event_type = 'disarmament' AND NOT regexp_matches(words, 'disarm|weapon|arms|demilitari')
  OR event_type = 'dismantling' AND NOT regexp_matches(words, 'dismantl|disarm|seiz|confiscat|destr|remov|clear|steps|take');

-- rule: agreed-in-so-many-words
-- An agreed term that is more than the end of fighting rests on words of duty (is to, must, shall, will, terms, requires and the
-- like), and what is only linked to an agreement on none but will.
-- Why: "as part of" a ceasefire binds nobody.
-- With the text.
-- At ceasefire_terms.term_basis: expected {wanted}, by the words of the term. Fix the basis, or anchor the words that give it.
SELECT t.*, if(term_basis = 'agreed_term', 'linked_arrangement', 'agreed_term') AS wanted FROM ceasefire_terms t JOIN (
  SELECT key AS term_id, bool_or(regexp_matches(words_at(folded, char_start, char_end),
    '(?i)\b(is|are|was|were|has|have) (to|due|bound|obliged) |\b(must|shall|terms?|requir\w+|oblig\w+|commit\w*|calls? for|agreed to|stipulat\w+|provid\w+|banned|bans|pledg\w+)\b')) AS of_duty,
    bool_or(regexp_matches(words_at(folded, char_start, char_end), '(?i)\b(will|would)\b')) AS to_come
  FROM row_words JOIN sources USING (source_id) JOIN given_texts USING (text_sha256) GROUP BY key) USING (term_id)
WHERE term_basis = 'agreed_term' AND term_type <> 'cessation' AND NOT (of_duty OR to_come) OR term_basis = 'linked_arrangement' AND of_duty;

-- rule: names-of-agreements-are-whole
-- A month or a year right before the words for an agreement belongs to them.
-- Why: the longest form is taken, which tells the agreement from another.
-- With the text.
-- At names.name_words: expected the month and year before it too. Anchor the whole form.
SELECT n.* FROM names n JOIN support s ON s.row_id = name_id AND s.column_name = 'name_words' JOIN sources USING (source_id) JOIN given_texts USING (text_sha256)
WHERE agreement_id IS NOT NULL AND regexp_matches(words_at(folded, char_start - 12, char_start),
  '(\b\d{4}|January|February|March|April|May|June|July|August|September|October|November|December) $');

-- rule: what-comes-only-after
-- In "X only after Y", "X hinges on Y" and the like, Y is the condition.
-- Why: turned round it says the opposite.
-- With the text.
-- At event_links.event_id: expected the condition first, whose words come after '{word}'. Turn the link round.
SELECT l.*, word FROM event_links l JOIN row_words w ON w.key = event_link_id JOIN row_words c ON c.key = l.event_id AND c.passage_id = w.passage_id
JOIN sources s ON s.source_id = w.source_id JOIN given_texts USING (text_sha256), LATERAL (SELECT words_at(folded, w.char_start, w.char_end) AS words),
LATERAL (SELECT regexp_extract(words, '(?i)\b(only (after|if|once|when)|hing\w+ on|depend\w* on|unless|until|provided)\b') AS word)
WHERE link_type = 'precondition_of' AND word <> '' AND c.char_end <= w.char_start + strpos(words, word);

-- rule: backers-stand-first
-- In "X-backed Y" X is the backer, and in "Y, backed by X" too.
-- Why: turned round it says the opposite.
-- With the text.
-- At actor_relations.related_actor_id: expected the one by whom the other is backed. Turn the relation round.
SELECT DISTINCT r.* FROM actor_relations r JOIN support a ON a.row_id = relation_id JOIN sources s ON s.source_id = a.source_id JOIN given_texts USING (text_sha256)
WHERE relation_type = 'backed_by' AND (column_name = 'actor_id' AND regexp_matches(words_at(folded, char_end, char_end + 8), '(?i)^-(backed|support)')
  OR column_name = 'actor_id' AND regexp_matches(words_at(folded, char_start - 14, char_start), '(?i)\b(backed|supported) by $'));

-- rule: metonyms-speak-and-act
-- A place that is named after in, at, near, outside or around is a place there, and stands for nobody.
-- Why: what happens in a capital is not done by its state.
-- With the text.
-- At names.name_type: expected the name of a place for the occurrence after '{before}'. Judge the occurrence again.
SELECT n.*, before FROM names n JOIN support s ON s.row_id = name_id AND s.column_name = 'name_words' JOIN sources USING (source_id) JOIN given_texts USING (text_sha256),
LATERAL (SELECT regexp_extract(words_at(folded, char_start - 9, char_start), '(?i)\b(in|at|near|outside|around) $', 1) AS before)
WHERE name_type = 'metonym' AND before <> '' AND words_at(folded, char_end, char_end + 2) <> '''s';

-- rule: modifiers-are-adjectival
-- A name that a hyphen joins to another word is adjectival.
-- Why: in "A-B talks" or "A-backed" the name says what kind, and stands for nobody who acts.
-- With the text.
-- At names.name_type: expected adjectival for the occurrence at {char_start}. Make a row for it in that sense.
SELECT n.*, char_start FROM names n JOIN support s ON s.row_id = name_id AND s.column_name = 'name_words' JOIN sources USING (source_id) JOIN given_texts USING (text_sha256)
WHERE name_type = 'proper_name' AND (words_at(folded, char_start - 1, char_start) = '-' OR words_at(folded, char_end, char_end + 1) = '-');

-- rule: terms-have-their-words
-- Terms on verification, joint bodies, withdrawal, weapons, dismantling, negotiation or the end of fighting rest on words that
-- say so, by that word or one of its meaning.
-- Why: a kind that the words do not name is the coder's.
-- With the text.
-- At ceasefire_terms.term_type: expected another type, as no words of the term say {term_type}. Fix the type, or anchor the words that give the term.
SELECT t.* FROM ceasefire_terms t JOIN words_of_rows ON key = term_id
WHERE term_type = 'verification' AND NOT regexp_matches(words, 'verif|inspect|monitor|check|observ|confirm|supervis|overs')
  OR term_type = 'joint_body' AND NOT regexp_matches(words, 'mechanism|committee|commission|body|panel|council|group|board|team|force|cent[er]{2}')
  OR term_type = 'withdrawal' AND NOT regexp_matches(words, 'withdr|pull|leav|left|retreat|redeploy|mov|quit|evacuat|exit')
  OR term_type = 'weapons_control' AND NOT regexp_matches(words, 'weapon|arm|rocket|missile|arsenal|munition|gun')
  OR term_type = 'dismantling' AND NOT regexp_matches(words, 'dismantl|disarm|seiz|confiscat|destr|remov|clear')
  OR term_type = 'negotiation' AND NOT regexp_matches(words, 'talk|negotiat|agree|deal|accord|dialogue|peace|treaty|contact')
  OR term_type = 'cessation' AND NOT regexp_matches(words, 'cease|truce|armistice|halt|stop|end|refrain|hostilit|fight|fire|calm|lull');

-- rule: people-are-named
-- A word for people or those in office (officers, officials, reporters, minister, envoy and the like) in a coded sentence is part
-- of a name.
-- Why: who is only described is an actor too.
-- With the text.
-- At passages.passage_id: expected {word} in the words of a row of names. Code whom it means.
SELECT t.row_no, word FROM words_of_passages t SEMI JOIN coded_passages USING (passage_id) WHERE passage_type = 'body' AND regexp_full_match(lower(word), 'officers?|officials?|soldiers?|troops|' ||
  'reporters?|journalists?|representatives?|delegates?|delegations?|spokes(man|woman|person|people)|ministers?|envoys?|ambassadors?|commanders?|villagers|fighters?|militants?')
  AND NOT EXISTS (FROM support s WHERE s.column_name = 'name_words' AND s.source_id = t.source_id
    AND share_words(s.char_start, s.char_end, t.char_start, t.char_end));
