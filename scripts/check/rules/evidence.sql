-- Evidence: what supports which cell, and where it stands.

-- rule: evidence-of-a-table
-- Evidence supports a row of a table that there is.
-- Why: else it supports nothing.
-- At evidence.table_name: expected a table of the package. See the codebook.
SELECT * FROM evidence ANTI JOIN all_tables USING (table_name) WHERE table_name IS NOT NULL;

-- rule: evidence-of-a-row
-- Evidence supports a row that there is.
-- Why: else it supports nothing.
-- At evidence.row_id: expected a key of {table_name}. Remove the evidence, or fix the key.
SELECT * FROM support SEMI JOIN tables USING (table_name) WHERE of_row IS NULL AND row_id IS NOT NULL;

-- rule: evidence-of-a-column
-- Evidence that names a column names one whose cells rest on words of their own.
-- Why: for other cells the row's evidence is enough, or none is needed.
-- At evidence.column_name: expected a column of {table_name} whose cells rest on words of their own. Fix it, or leave it empty: the row's evidence is enough.
SELECT support.* FROM support LEFT JOIN fields USING (table_name, column_name)
WHERE of_row IS NOT NULL AND column_name IS NOT NULL AND fields.evidence IS DISTINCT FROM 'own' AND column_name <> 'date_basis';

-- rule: evidence-of-a-filled-cell
-- Evidence supports a cell that is filled.
-- Why: an empty cell says that the text does not say.
-- For each: fields WHERE evidence = 'own'
-- At evidence.column_name: expected a column that is filled in that row. Fill it, or remove the evidence.
SELECT s.row_no FROM support s JOIN words.{table_name} t ON s.table_name = '{table_name}' AND s.column_name = '{column_name}' AND of_row = t.row_no
WHERE t.{column_name} IS NULL;

-- rule: span-within-a-passage
-- The span of evidence lies within one passage.
-- Why: a sentence is the unit in which readers look a cell up.
-- At evidence.char_start: expected a span within one passage. Use `python -m scripts.coding.anchor`.
SELECT * FROM support WHERE support <> 'external' AND sha256 IS NOT NULL
  AND (char_start >= char_end OR coalesce(char_end > passage_end, char_start IS NOT NULL AND char_end IS NOT NULL));

-- rule: rows-have-evidence
-- Every coded row has evidence for the row itself.
-- Why: every row is defensible from the words of the text.
-- For each: tables WHERE table_name IN (SELECT table_name FROM fields WHERE evidence = 'row')
-- At {table_name}.{key}: expected evidence for the row. Anchor its words with `python -m scripts.coding.anchor`.
SELECT row_no FROM {table_name} t WHERE {key} IS NOT NULL AND NOT EXISTS (
  FROM support s WHERE s.table_name = '{table_name}' AND s.row_id = t.{key} AND s.column_name IS NULL);

-- rule: cells-have-evidence
-- Every filled cell whose column asks for evidence of its own has it.
-- Why: every cell is defensible from the words of the text.
-- For each: fields WHERE evidence = 'own'
-- At {table_name}.{column_name}: expected evidence of its own. Anchor its words with `python -m scripts.coding.anchor`.
SELECT row_no FROM words.{table_name} t WHERE {column_name} IS NOT NULL AND {key} IS NOT NULL AND NOT EXISTS (
  FROM support s WHERE s.table_name = '{table_name}' AND s.row_id = t.{key} AND s.column_name = '{column_name}');

-- rule: outside-values-have-a-reference
-- A cell whose value comes from outside the text names a reference.
-- Why: the text alone does not carry it.
-- For each: fields WHERE evidence = 'own' AND provenance = 'external'
-- At {table_name}.{column_name}: expected external evidence that names the reference. Add it.
SELECT t.row_no FROM words.{table_name} t JOIN support s ON s.table_name = '{table_name}' AND s.column_name = '{column_name}' AND of_row = t.row_no
WHERE t.{column_name} IS NOT NULL GROUP BY t.row_no HAVING NOT coalesce(bool_or(support = 'external'), false);

-- rule: verbatim-cells-prove-themselves
-- A verbatim cell has the very words of the text: its digest is that of each span that supports it explicitly.
-- Why: whoever has the text can check the words, and nobody can change them unseen.
-- For each: fields WHERE provenance = 'verbatim'
-- At {table_name}.{column_name}: expected the very words whose digest its evidence has. Copy the words as they stand, or anchor them again.
SELECT t.row_no FROM words.{table_name} t LEFT JOIN support s
ON s.table_name = '{table_name}' AND s.column_name = '{column_name}' AND of_row = t.row_no AND support = 'explicit'
WHERE t.{column_name} IS NOT NULL
GROUP BY t.row_no HAVING NOT bool_and(coalesce(s.sha256 = sha256(fold(t.{column_name})), false));

-- rule: words-in-sentences-of-the-row
-- The words of a cell stand in a sentence that its row rests on, but for dates of events and for names.
-- Why: dates are carried from one event to another, and not from one act of speaking to the next, and every occurrence of a name is evidence for it; other words say
-- what the row says.
-- At evidence.char_start: expected words in a sentence that the row rests on. Anchor them there, or add it to the row's evidence.
SELECT s.* FROM support s ANTI JOIN resting r ON r.table_name = s.table_name AND r.key = s.row_id AND r.passage_id = s.passage_id
WHERE of_row IS NOT NULL AND passage_id IS NOT NULL
  AND NOT (column_name = 'name_words' OR table_name <> 'statements' AND regexp_matches(column_name, '(_edtf|date_words|date_basis)$'));

-- rule: names-rest-on-the-first
-- The row of a name rests on the first of its occurrences in a text.
-- Why: that is where the text introduces it.
-- At names.name_words: expected a row that rests on the first occurrence. Anchor the row on the first sentence that has the name.
SELECT of_row AS row_no FROM support WHERE table_name = 'names' AND passage_no IS NOT NULL GROUP BY of_row, source_id
HAVING min(passage_no) FILTER (column_name IS NULL) > min(passage_no) FILTER (column_name = 'name_words');

-- rule: one-digest-of-a-span
-- The same span has the same digest wherever it stands.
-- Why: one of two digests is wrong.
-- At {table_name}.sha256: expected the digest that the same span has in other rows. Anchor the words again.
SELECT table_name, row_no FROM spans
SEMI JOIN (SELECT table_name, source_id, char_start, char_end FROM spans GROUP BY ALL HAVING count(DISTINCT sha256) > 1)
USING (table_name, source_id, char_start, char_end) WHERE sha256 IS NOT NULL;

-- rule: one-length-of-a-digest
-- Spans with the same digest have the same length.
-- Why: the same words are as long wherever they stand.
-- At {table_name}.char_end: expected a span as long as others with its digest. Anchor the words again.
SELECT table_name, row_no FROM spans
SEMI JOIN (SELECT table_name, sha256 FROM spans WHERE sha256 IS NOT NULL GROUP BY ALL HAVING count(DISTINCT char_end - char_start) > 1)
USING (table_name, sha256);

-- rule: words-name-what-the-cell-points-to
-- The words of a cell that points to an actor, place or agreement hold a name of that thing or lie in one.
-- Why: a cell that points to another thing than the words name is wrong.
-- For each: fields WHERE evidence = 'own' AND regexp_matches(column_name, '(actor|place|agreement)_id$')
-- At {table_name}.{column_name}: expected what the words at {char_start}-{char_end} name. Fix the cell, or anchor a name of it; each form is a row of names with all its occurrences.
SELECT t.row_no, char_start, char_end FROM {table_name} t
JOIN support s ON s.table_name = '{table_name}' AND s.column_name = '{column_name}' AND of_row = t.row_no
WHERE char_start IS NOT NULL AND t.{column_name} IS NOT NULL AND NOT EXISTS (
  FROM named n WHERE n.thing = t.{column_name} AND n.source_id = s.source_id
  AND touches(n.char_start, n.char_end, s.char_start, s.char_end));

-- rule: names-rest-on-an-occurrence
-- The row of a name rests on words that hold an occurrence of that very form, or lie in one.
-- Why: a name is shown where it stands.
-- At names.name_words: expected what the words at {char_start}-{char_end} name. Fix the cell, or anchor the row on an occurrence.
SELECT of_row AS row_no, char_start, char_end FROM support s
WHERE table_name = 'names' AND column_name IS NULL AND of_row IS NOT NULL AND char_start IS NOT NULL AND NOT EXISTS (
  FROM named n WHERE n.name_id = s.row_id AND n.source_id = s.source_id
  AND touches(n.char_start, n.char_end, s.char_start, s.char_end));

-- rule: roles-rest-on-other-words
-- The words for a role are no name of the actor, unless it is a pronoun.
-- Why: a name says who, not what part it has.
-- At evidence.char_start: expected the words that give the role. Anchor the verb or noun that says the part.
SELECT s.* FROM support s JOIN support a USING (table_name, row_id) WHERE s.column_name = 'actor_role' AND a.column_name = 'actor_id'
  AND EXISTS (FROM named n JOIN names USING (name_id) WHERE name_type <> 'anaphor' AND n.source_id = s.source_id
    AND lies_in(s.char_start, s.char_end, n.char_start, n.char_end) AND touches(n.char_start, n.char_end, a.char_start, a.char_end)
    AND lies_in(s.char_start, s.char_end, a.char_start, a.char_end));

-- rule: roles-in-the-words-of-the-row
-- The words that state a role lie in those of the row, and the words that name its actor meet them.
-- Why: who has which part is what the row says.
-- At evidence.char_start: expected words in those of the row. Anchor the role, the actor or the row again.
SELECT s.* FROM support s WHERE column_name IN ('actor_id', 'actor_role') AND support = 'explicit' AND of_row IS NOT NULL AND NOT EXISTS (
  FROM row_words w WHERE w.table_name = s.table_name AND w.key = s.row_id AND w.source_id = s.source_id
  AND if(column_name = 'actor_role', lies_in(s.char_start, s.char_end, w.char_start, w.char_end),
         share_words(s.char_start, s.char_end, w.char_start, w.char_end)));

-- rule: parts-stand-with-what-they-are-parts-of
-- A part in an event or a term stands in a sentence on which the event or term rests, or in which a statement speaks of
-- the event; so does a link between events, for one of the two. What rests on an inference may stand elsewhere.
-- Why: words on one thing are no evidence of a part in another.
-- At {table_name}.key: expected words in a sentence on which the event or term rests. Anchor them there, or say in a note how they belong to it.
WITH wholes AS (
  SELECT event_actor_id AS key, event_id AS whole FROM event_actors
  UNION ALL SELECT event_link_id, unnest([event_id, linked_event_id]) FROM event_links
  UNION ALL SELECT term_actor_id, term_id FROM term_actors
), places_of_wholes AS (
  SELECT key AS whole, passage_id FROM resting
  UNION ALL SELECT event_id, passage_id FROM statement_links JOIN resting ON key = statement_link_id WHERE event_id IS NOT NULL
)
SELECT table_name, row_no FROM row_words w WHERE key IN (SELECT key FROM wholes)
GROUP BY table_name, row_no HAVING bool_and(support = 'explicit' AND NOT EXISTS (
  FROM wholes JOIN places_of_wholes p USING (whole) WHERE wholes.key = w.key AND p.passage_id = w.passage_id));

-- rule: parts-stand-with-their-actor
-- Each sentence on which a part in an event, an agreement, a term or a statement rests names its actor.
-- Why: a sentence that does not name the actor says nothing of its part.
-- For each: fields WHERE column_name = 'actor_id' AND table_name LIKE '%\_actors' ESCAPE '\'
-- At {table_name}.actor_id: expected sentences that name the actor. Anchor the part where the actor is named.
SELECT DISTINCT w.row_no FROM row_words w JOIN {table_name} t USING (row_no) WHERE w.table_name = '{table_name}' AND NOT EXISTS (
  FROM named n JOIN passages p USING (source_id) WHERE n.thing = t.actor_id AND p.passage_id = w.passage_id
  AND n.char_start >= p.char_start AND n.char_end <= p.char_end);

-- rule: agreements-are-named-with-their-parts
-- Each sentence on which a part in an agreement rests names the agreement, and so do its very words unless it is inferred.
-- Why: words that do not name the agreement say nothing of its parties.
-- At agreement_actors.agreement_id: expected sentences that name the agreement. Anchor the part where the agreement is named.
SELECT DISTINCT t.row_no FROM row_words w JOIN agreement_actors t ON t.agreement_actor_id = w.key WHERE NOT EXISTS (
  FROM named n JOIN passages p USING (source_id) WHERE n.thing = t.agreement_id AND p.passage_id = w.passage_id
  AND if(support = 'explicit', lies_in(n.char_start, n.char_end, w.char_start, w.char_end),
         lies_in(n.char_start, n.char_end, p.char_start, p.char_end)));

-- rule: countries-are-named-outright
-- The words that state a country code outright hold or lie in a name of the state or country that has the code.
-- Why: an actor cannot vouch for its own country.
-- For each: fields WHERE column_name = 'country_code'
-- At {table_name}.country_code: expected words that name a state or country with the code. Anchor them, or give the step as inferred.
SELECT t.* FROM {table_name} t JOIN support s ON s.table_name = '{table_name}' AND of_row = t.row_no AND column_name = 'country_code'
WHERE support = 'explicit' AND NOT EXISTS (
  FROM named n LEFT JOIN actors a ON a.actor_id = thing LEFT JOIN places p ON p.place_id = thing
  WHERE n.country_code = t.country_code AND (actor_type = 'state' OR place_type = 'country')
  AND name_id NOT IN (SELECT name_id FROM names WHERE name_type = 'anaphor')
  AND n.source_id = s.source_id AND touches(n.char_start, n.char_end, s.char_start, s.char_end));

-- rule: words-that-say-something
-- No row but that of a name rests on an article, a preposition, a pronoun, an auxiliary or another such word alone.
-- Why: it says nothing that a row could say.
-- At evidence.char_start: expected words that a reader would code the row from. Anchor them.
SELECT * FROM support WHERE column_name IS NULL AND table_name <> 'names' AND sha256 IN (
  SELECT sha256(replace(unnest(string_split('the a an of in on at to for from by with and or but as that which who it its his her their this these ' ||
    'those he she they we is was are were be been has have had will would could should may might must shall not never ' ||
    'would_have could_have should_have may_have might_have will_be would_be has_been have_been had_been ' ||
    'The A An In On At It He She They We This That', ' ')), '_', ' ')));

-- rule: countries-by-relation
-- An actor that has a country and is no state has a relation to an actor of the country, by which it stands for it.
-- Why: a delegation, an office, an army or an official has the country of the state that it serves.
-- At actors.country_code: expected a relation to an actor of the country. Add the relation, or leave the country empty.
SELECT a.* FROM actors a WHERE actor_type <> 'state' AND country_code IS NOT NULL AND NOT EXISTS (
  FROM stands_for f JOIN actors o ON o.actor_id = for_actor_id WHERE f.actor_id = a.actor_id AND o.country_code = a.country_code);

-- rule: members-of-a-group
-- Members of a group are members of an actor.
-- Why: the text says whose members they are.
-- At actors.actor_type: expected a relation member_of. Add it, or fix the type.
SELECT a.* FROM actors a WHERE actor_type = 'group_members'
  AND NOT EXISTS (FROM actor_relations r WHERE r.actor_id = a.actor_id AND relation_type = 'member_of');

-- rule: pronouns-need-a-step
-- A cell that rests on a pronoun or another word resolved from the context is inferred.
-- Why: the words alone do not say who is meant.
-- For each: fields WHERE evidence = 'own' AND column_name LIKE '%actor_id'
-- At evidence.support: expected inferred, with the step. Say in a note whom the word means and how one sees it.
SELECT s.row_no FROM support s JOIN {table_name} t ON s.table_name = '{table_name}' AND of_row = t.row_no AND s.column_name = '{column_name}'
WHERE support = 'explicit' AND (SELECT bool_and(name_type = 'anaphor') FROM named n JOIN names USING (name_id)
  WHERE n.thing = t.{column_name} AND n.source_id = s.source_id AND touches(n.char_start, n.char_end, s.char_start, s.char_end));

-- rule: names-are-used
-- Where the text names an actor, the name lies in the words of a row of another table than actors and names.
-- Why: nobody is named for nothing, and what is said of an actor must not be lost.
-- At names.name_words: expected a row on the words around {char_start}-{char_end}. Code what the text says of it there.
SELECT names.*, n.char_start, n.char_end FROM named n JOIN names USING (name_id) WHERE names.actor_id IS NOT NULL AND NOT EXISTS (
  FROM row_words w WHERE w.table_name NOT IN ('actors', 'names') AND w.source_id = n.source_id
  AND share_words(n.char_start, n.char_end, w.char_start, w.char_end));

-- rule: more-than-a-name
-- No row of an event, a link, a term, a part or a statement rests on the name of an actor or a place alone, nor an event on
-- that of an agreement, but for its being in effect or what could be.
-- Why: a name says who or where, and not what.
-- At evidence.char_start: expected words that say what the row says. Anchor them.
SELECT s.* FROM support s WHERE s.column_name IS NULL AND s.table_name IN ('ceasefire_terms', 'event_actors', 'event_links', 'events', 'statements', 'term_actors')
  AND EXISTS (FROM named n WHERE n.source_id = s.source_id AND n.char_start = s.char_start AND n.char_end = s.char_end
    AND (n.thing NOT IN (SELECT agreement_id FROM agreements)
      OR row_id IN (SELECT event_id FROM events WHERE event_type <> 'ceasefire_in_effect' AND realis <> 'hypothetical')))
  AND (s.table_name <> 'events' OR s.support = 'explicit');

-- rule: places-rest-on-the-first
-- The row of a place rests on the first sentence that names it.
-- Why: that is where the text introduces it.
-- At evidence.char_start: expected words in the first sentence that names the place. Anchor the row there.
SELECT * FROM support WHERE table_name = 'places' AND column_name IS NULL AND passage_no IS NOT NULL
QUALIFY min(passage_no) OVER (PARTITION BY row_id, source_id) > (
  SELECT min(s.passage_no) FROM support s JOIN names n ON s.table_name = 'names' AND s.row_id = n.name_id
  WHERE n.place_id = support.row_id AND s.source_id = support.source_id AND s.column_name = 'name_words');

-- rule: names-within-names
-- No occurrence of a name lies in a longer one of the same actor, place or agreement.
-- Why: it would be counted twice.
-- At names.name_words: expected occurrences that lie in no other form of {thing}. Remove the one within.
SELECT DISTINCT names.*, n.thing FROM named n JOIN named o USING (thing, source_id) JOIN names ON names.name_id = n.name_id
WHERE n.name_id <> o.name_id AND lies_in(n.char_start, n.char_end, o.char_start, o.char_end);
