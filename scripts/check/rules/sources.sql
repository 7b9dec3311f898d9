-- Sources, and the passages of the coded text.

-- rule: sources-are-used
-- Every source is one that a row uses, or gives the form of dates or country codes.
-- Why: sources are what cells rest on, not further reading.
-- At sources.source_id: expected a row that another row uses. Use it, or remove it with its evidence.
SELECT * FROM sources ANTI JOIN (
  SELECT source_id FROM passages UNION ALL SELECT source_id FROM evidence UNION ALL SELECT source_id FROM identifiers
  UNION ALL SELECT source_id FROM crosswalk UNION ALL SELECT source_id FROM sources WHERE scheme IN ('edtf', 'iso_country')
) USING (source_id) WHERE source_id IS NOT NULL;

-- rule: schemes-have-a-source
-- Each scheme that a column follows, EDTF for dates and ISO 3166 for countries, has a source.
-- Why: sources hold all that a cell rests on.
-- At codes.code: expected a row of sources with the scheme {code}. Name the source in sources.scheme.
SELECT * FROM codes WHERE codelist = 'scheme' AND code IN ('edtf', 'iso_country')
  AND code NOT IN (SELECT scheme FROM sources WHERE scheme IS NOT NULL) AND EXISTS (FROM sources);

-- rule: source-gives-the-scheme
-- The source of an identifier or of a row of the crosswalk is one that gives codes of its scheme.
-- Why: whoever looks a code up there must find it.
-- For each: tables WHERE table_name IN ('identifiers', 'crosswalk')
-- At {table_name}.source_id: expected a source that gives {scheme}, not {given}. Fix the source, or sources.scheme.
SELECT t.*, coalesce(sources.scheme, 'none') AS given FROM {table_name} t JOIN sources USING (source_id)
WHERE sources.scheme IS DISTINCT FROM t.scheme;

-- rule: publisher-in-the-citation
-- The publisher of a source is named in its citation.
-- Why: the two must agree.
-- At sources.publisher: expected '{publisher}' in the citation too. Fix one of the two.
SELECT * FROM sources WHERE NOT contains(coalesce(citation, ''), publisher);

-- rule: passages-follow
-- The passages of a text follow each other: the next sentence, or the first of the next paragraph, one character on.
-- Why: nothing of the text is left out.
-- At passages.char_start: expected the passage right after {before}. Make the table with `python -m scripts.coding.anchor passages`.
SELECT *, lag(passage_id) OVER text AS before FROM passages WINDOW text AS (PARTITION BY source_id ORDER BY row_no)
QUALIFY before IS NOT NULL AND NOT coalesce(
  char_start = lag(char_end) OVER text + 1
  AND (paragraph_no = lag(paragraph_no) OVER text AND sentence_no = lag(sentence_no) OVER text + 1
       OR paragraph_no = lag(paragraph_no) OVER text + 1 AND sentence_no = 1), false);

-- rule: passages-begin
-- The first passage of a text begins at 0.
-- Why: nothing of the text is left out.
-- At passages.char_start: expected 0 for the first passage of a text. Use `python -m scripts.coding.anchor`.
SELECT * FROM passages QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY row_no) = 1
  AND NOT coalesce(char_start = 0 AND paragraph_no = 1 AND sentence_no = 1, false);

-- rule: passages-lie-in-the-text
-- A passage ends after it starts, and within its text.
-- Why: its offsets would be of no use otherwise.
-- At passages.char_end: expected an end after the start and inside the text. Use `python -m scripts.coding.anchor`.
SELECT passages.* FROM passages LEFT JOIN sources USING (source_id) WHERE coalesce(char_start >= char_end OR char_end > text_chars, true);

-- rule: uncoded-passages-say-why
-- A passage on which no row of a core table rests has a reason.
-- Why: nothing is overlooked.
-- At passages.not_coded_reason: expected a reason, as no row of a core table rests on the passage. Code the passage, or say why not.
SELECT * FROM passages WHERE not_coded_reason IS NULL AND passage_id NOT IN (SELECT passage_id FROM coded_passages WHERE passage_id IS NOT NULL);

-- rule: coded-passages-have-no-reason
-- A passage on which rows rest has no reason why it is not coded.
-- Why: it is coded.
-- At passages.not_coded_reason: expected empty, as rows rest on the passage. Empty it.
SELECT * FROM passages WHERE not_coded_reason IS NOT NULL AND passage_id IN (SELECT passage_id FROM coded_passages);

-- rule: text-ends-with-its-passages
-- A text is as long as its last passage reaches, and has as many paragraphs.
-- Why: sources and passages are made from the same text.
-- At sources.text_chars: expected the end of the text's last passage, with as many paragraphs. Make passages and sources from the same text.
SELECT sources.* FROM sources LEFT JOIN (
  SELECT source_id, last(char_end ORDER BY row_no) AS ends, last(paragraph_no ORDER BY row_no) AS n FROM passages GROUP BY source_id
) USING (source_id)
WHERE source_type = 'coded_text' AND (text_chars IS DISTINCT FROM ends OR paragraphs IS DISTINCT FROM n);
