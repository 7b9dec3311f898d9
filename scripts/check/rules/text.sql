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
