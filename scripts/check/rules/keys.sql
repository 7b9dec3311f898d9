-- Keys, and rows that must not say the same. Primary and foreign keys are asked by frictionless.

-- rule: sorted-rows
-- The rows of a table are sorted by key.
-- Why: a changed row is then one line of difference, and two curators do not conflict.
-- For each: tables
-- At {table_name}.{key}: expected a key after '{before}'. Sort the rows by key.
SELECT row_no, lag({key}) OVER (ORDER BY row_no) AS before FROM {table_name} QUALIFY {key} < before;

-- rule: rows-differ
-- No two rows of a table say the same, where empty equals empty.
-- Why: one fact counted twice is one too many.
-- For each: unique_keys
-- At {table_name}.{columns}: expected other values than {first}. Remove one of the two rows, or tell them apart.
SELECT unnest(list(row_no ORDER BY row_no)[2:]) AS row_no, arg_min({key}, row_no) AS first FROM {table_name}
GROUP BY {column_list} HAVING count(*) > 1;

-- rule: exactly-one-of
-- Where a row points to one of several kinds of thing, exactly one of the columns is filled.
-- Why: a row about two things, or about none, says nothing.
-- For each: one_of_columns
-- At {table_name}.{columns}: expected exactly one of them filled. Fill one and leave the others empty.
SELECT row_no FROM {table_name} WHERE len(list_filter([{column_list}], lambda cell: cell IS NOT NULL)) <> 1;

-- rule: key-says-the-row
-- The key of a row that joins others is made of its parts: the keys that it joins, and its code.
-- Why: a cell changed by mistake then differs from the key.
-- At {table_name}.key: expected a key made of the row's parts, such as {made_1}. Fix the cell that is wrong, or give the row the key of its parts, in evidence.csv too.
SELECT table_name, row_no, made[1] AS made_1 FROM keys_of_parts WHERE made[1] IS NOT NULL AND NOT list_contains(made, key);

-- rule: no-circles
-- No event comes before itself, no actor stands for or belongs to itself, and no place lies in itself, over any number of steps.
-- Why: links, relations and places lead in one direction.
-- At {table_name}.key: expected a row that does not lead back to where it begins. Turn round or remove the row that is wrong.
WITH RECURSIVE ways (table_name, here, there) AS (
  SELECT table_name, here, there FROM steps
  UNION SELECT w.table_name, w.here, s.there FROM ways w JOIN steps s ON s.table_name = w.table_name AND s.here = w.there)
SELECT DISTINCT s.table_name, s.row_no FROM steps s JOIN ways w ON w.table_name = s.table_name AND w.here = s.there AND w.there = s.here;

-- rule: one-row-on-the-same-words
-- No two actors of one type and country, places or terms of one type, agreements, events or statements rest on the very same words.
-- Why: the same thing coded twice is counted twice.
-- At {table_name}.key: expected other words than {other} has. Remove one of the two, or anchor the words that tell them apart.
WITH kinds AS (
  SELECT 'actors' AS table_name, row_no, actor_id AS key, concat_ws(' ', actor_type, country_code) AS kind FROM actors
  UNION ALL SELECT 'places', row_no, place_id, place_type FROM places
  UNION ALL SELECT 'ceasefire_terms', row_no, term_id, term_type FROM ceasefire_terms
  UNION ALL SELECT 'agreements', row_no, agreement_id, '' FROM agreements
  UNION ALL SELECT 'events', row_no, event_id, '' FROM events
  UNION ALL SELECT 'statements', row_no, statement_id, '' FROM statements
), words AS (
  SELECT table_name, row_no, key, kind, source_id, char_start, char_end FROM kinds JOIN row_words USING (table_name, row_no, key)
)
SELECT DISTINCT b.table_name, b.row_no, a.key AS other FROM words a JOIN words b USING (table_name, kind, source_id, char_start, char_end) WHERE a.key < b.key;

-- rule: one-event-of-a-type-on-its-words
-- Two events of one type of which the words of one lie in those of the other are linked.
-- Why: else they are one event, coded twice.
-- At events.event_id: expected a link to {other}, or other words. Remove one of the two, or say how they are related.
SELECT DISTINCT b.row_no, a.event_id AS other FROM events a JOIN events c USING (event_type)
JOIN row_words v ON v.key = a.event_id JOIN row_words b ON b.key = c.event_id AND b.source_id = v.source_id
WHERE a.event_id < c.event_id AND touches(v.char_start, v.char_end, b.char_start, b.char_end)
  AND NOT EXISTS (FROM event_links l WHERE (l.event_id, linked_event_id) IN ((a.event_id, c.event_id), (c.event_id, a.event_id)));

-- rule: one-thing-of-a-name
-- An occurrence of a name names one actor, one place or one agreement; only pronouns and descriptions may stand for several.
-- Why: a thing coded twice has its name twice.
-- At names.name_words: expected an occurrence that names nothing else. Remove one of the two things, or judge again what the words name there.
SELECT n.* FROM names n JOIN named a USING (name_id) WHERE name_type NOT IN ('anaphor', 'description') AND EXISTS (
  FROM named b JOIN names m USING (name_id) WHERE b.thing <> a.thing AND left(b.thing, 4) = left(a.thing, 4) AND b.source_id = a.source_id
  AND b.char_start = a.char_start AND b.char_end = a.char_end AND m.name_type NOT IN ('anaphor', 'description'));
