-- What several joined tables share. A table joined_x is the file x of data/joined/; the comment above it
-- is its title, what a row is, and, indented, its columns: "name = table.column" takes the field of that column,
-- "name: Title. Description." describes a new one. A column that is not listed there has the field of the table
-- of the same name without joined_, or else the one listed here:
--   actor = actors.name
--   actor_id = actors.actor_id
--   actor_type = actors.actor_type
--   actors: Actors. Actors with their roles, as the report itself has them: by narrator or link line, or by both.
--   aggregation = events.aggregation
--   agreement = agreements.name
--   agreement_id = agreements.agreement_id
--   asserted_by: Asserted by. Names of the speakers whose statements assert the row; empty where none does.
--   attribution = events.attribution
--   cameo: CAMEO. Code of the act in CAMEO 1.1b3, as text, as 010 is not 10.
--   char_start: First words. Where in the coded text the first words begin that the row rests on; source_id and this
--     give the order of the report.
--   claimed_actors: Actors, only as claimed. Actors whose part only a speaker asserts, with their roles.
--   claimed_links: Links, only as claimed. As links, for what only a speaker asserts.
--   claims: Compliance claims. Who claims what of whose compliance; a claim is not a finding.
--   consequences: Consequences. Titles of the events that the act is said to have brought about, such as deaths or losses,
--     whoever suffers them; they are no acts beside it.
--   date_basis = events.date_basis
--   date_precision: Precision of the date. How precise the start is known, day, month or year; bounded if only on one
--     side or by the end; none.
--   dates: Dates in words. Start and end in words, as vague as the EDTF values.
--   end_earliest = events.end_earliest
--   end_edtf = events.end_edtf
--   end_latest = events.end_latest
--   event_attribution = events.attribution
--   event_id = events.event_id
--   event_type = events.event_type
--   links: Links. The relations of the event to other events that the report itself states.
--   place = places.name
--   place_id = places.place_id
--   place_precision: Precision of the place. What kind of place it is by the codelist place_type; none if no place is
--     stated.
--   plover: PLOVER. Code of the act in PLOVER.
--   proposition = statements.proposition
--   realis = events.realis
--   row_id: Row. Key of the event or statement that is the act.
--   source_id = sources.source_id
--   speaker = actors.name
--   speaker_actor_id = statements.speaker_actor_id
--   speech_act = statements.speech_act
--   start_earliest = events.start_earliest
--   start_edtf = events.start_edtf
--   start_latest = events.start_latest
--   table_name: Table. The table from which the act comes, events or statements.
--   text: Text. The row in words that can be read by themselves.
--   title = events.title

-- The parts of a cell, each once, in the order in which they come.
CREATE MACRO listed(parts) AS nullif(array_to_string(list_filter(parts, lambda x, i: list_position(parts, x) = i),
  '; '), '');
CREATE MACRO listed_if(part, key, wanted) AS listed(list(part ORDER BY key) FILTER (wanted));
CREATE MACRO in_words(code) AS replace(code, '_', ' ');
CREATE MACRO as_role(what, code) AS concat(what, ' (', in_words(code), ')');

-- EDTF in words: "[..2023-11]" is "November 2023 or earlier". A form that the schemas do not know stays as it is.
CREATE MACRO day_in_words(d) AS CASE length(d)
  WHEN 10 THEN coalesce(strftime(try_cast(d AS DATE), '%-d %B %Y'), d)
  WHEN 7 THEN coalesce(strftime(try_cast(d || '-01' AS DATE), '%B %Y'), d) ELSE d END;
CREATE MACRO edtf_in_words(e) AS CASE
  WHEN e LIKE '[..%' THEN day_in_words(trim(e, '[.]')) || ' or earlier'
  WHEN e LIKE '%..]' THEN day_in_words(trim(e, '[.]')) || ' or later'
  WHEN e LIKE '[%' THEN 'between ' || array_to_string([day_in_words(d) FOR d IN string_split(trim(e, '[]'), '..')], ' and ')
  ELSE day_in_words(e) END;
CREATE MACRO dates_in_words(s, e) AS CASE
  WHEN s IS NULL THEN 'until ' || edtf_in_words(e)
  WHEN s = e THEN edtf_in_words(s)
  ELSE concat_ws(' – ', edtf_in_words(s), edtf_in_words(e)) END;

-- "accuse" is "accuses", "set_condition" is "sets condition".
CREATE MACRO third_person(verb) AS regexp_replace(verb, 'y$', 'ie') || CASE WHEN verb LIKE '%s' THEN 'es' ELSE 's' END;
CREATE MACRO does(code) AS trim(third_person(split_part(code, '_', 1)) || ' ' || split_part(code, '_', 2));

-- The speakers who assert a row, by the row's key.
CREATE VIEW said_by AS
SELECT thing AS key, listed(list(name ORDER BY statement_link_id)) AS asserted_by
FROM (UNPIVOT statement_links ON event_id, event_actor_id, event_link_id, relation_id, term_id,
      agreement_id INTO NAME kind VALUE thing)
JOIN statements USING (statement_id) JOIN actors ON actor_id = speaker_actor_id
WHERE link_role = 'asserts' GROUP BY thing;

CREATE VIEW first_words AS
SELECT row_id AS key, first(source_id ORDER BY source_id, char_start) AS source_id,
  first(char_start ORDER BY source_id, char_start) AS char_start
FROM evidence WHERE column_name IS NULL AND char_start IS NOT NULL GROUP BY row_id;
