-- What several joined tables share. A table joined_x is the file x of data/joined/; what its rows and columns are
-- stands in tables.json, where "table.column" takes the field of that column.

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

-- "accuse" is "accuses".
CREATE MACRO third_person(verb) AS regexp_replace(verb, 'y$', 'ie') || CASE WHEN verb LIKE '%s' THEN 'es' ELSE 's' END;
CREATE MACRO does(code) AS CASE code WHEN 'set_condition' THEN 'states a condition' WHEN 'withhold' THEN 'withholds endorsement'
                                     ELSE third_person(code) END;

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
