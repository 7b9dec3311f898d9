-- Dates of events, statements, agreements and references, and the words that give them.

-- rule: dates-are-edtf
-- A date in an _edtf column is a date that there is, in EDTF, and does not end before it begins.
-- Why: bounds are reckoned from it.
-- For each: fields WHERE column_name LIKE '%\_edtf' ESCAPE '\'
-- At {table_name}.{column_name}: expected an EDTF date of the forms in the codebook. Fix the date.
SELECT * FROM {table_name} WHERE {column_name} NOT IN (SELECT edtf FROM edtf_days);

-- rule: earliest-follows
-- The earliest day of a start or an end is the first day that its EDTF date allows.
-- Why: it is derived, for programs that cannot read EDTF.
-- At {table_name}.{which}_earliest: expected '{wanted}'. It is the bound of {which}_edtf.
SELECT *, coalesce(first_day::VARCHAR, '') AS wanted FROM dated
WHERE (edtf IS NULL OR edtf IN (SELECT edtf FROM edtf_days)) AND earliest IS DISTINCT FROM first_day;

-- rule: latest-follows
-- The latest day of a start or an end is the last day that its EDTF date allows.
-- Why: it is derived, for programs that cannot read EDTF.
-- At {table_name}.{which}_latest: expected '{wanted}'. It is the bound of {which}_edtf.
SELECT *, coalesce(last_day::VARCHAR, '') AS wanted FROM dated
WHERE (edtf IS NULL OR edtf IN (SELECT edtf FROM edtf_days)) AND latest IS DISTINCT FROM last_day;

-- rule: start-before-end
-- Nothing ends before it begins.
-- Why: a start and an end of the wrong order are a slip.
-- At {table_name}.end_latest: expected a day not before start_earliest. Fix start or end.
SELECT * FROM dated WHERE which = 'end' AND start_earliest > end_latest;

-- rule: end-within-start
-- The bounds of an end are not before those of the start.
-- Why: an end cannot be earlier than the start, so its bounds can be narrowed.
-- At {table_name}.end_edtf: expected an end no bound of which is before the start's. Narrow the bounds of the end.
SELECT * FROM dated WHERE which = 'end' AND (start_earliest > end_earliest OR start_latest > end_latest);

-- rule: dated-has-a-date
-- What is not undated has a start or an end.
-- Why: date_basis says how the date is known.
-- At {table_name}.start_edtf: expected a date. Fill it, or set date_basis to undated.
SELECT * FROM dated WHERE date_basis <> 'undated' AND start_edtf IS NULL AND end_edtf IS NULL;

-- rule: years-in-words
-- A year, or a month with its year, in the date words is that of the date.
-- Why: the words are the evidence of the date.
-- At {table_name}.{which}_edtf: expected a date in {wanted}. The words are '{date_words}'.
SELECT *, CASE WHEN word LIKE '% %' THEN strftime(strptime(word, '%B %Y'), '%Y-%m') ELSE word END AS wanted
FROM (SELECT *, unnest(regexp_extract_all(date_words, '\b(?:(?:January|February|March|April|May|June|July|August|' ||
                                          'September|October|November|December) )?\d{4}\b')) AS word
      FROM date_words_and_dates)
WHERE NOT contains(dates, wanted);

-- rule: weekdays-in-words
-- A day of the week in the date words is that of the date.
-- Why: the words are the evidence of the date.
-- At {table_name}.{which}_edtf: expected a {word}. The words are '{date_words}'.
SELECT * FROM (SELECT *, unnest(regexp_extract_all(date_words, '\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b')) AS word,
                         regexp_extract_all(dates, '\d{4}-\d{2}-\d{2}') AS days FROM date_words_and_dates)
WHERE len(list_filter(days, lambda day: dayname(try_cast(day AS DATE)) <> word)) > 0;

-- rule: basis-of-dates
-- A date is bounded if it has an open end, resolved if not all its evidence is explicit, and stated otherwise.
-- Why: date_basis tells readers how far the words carry the date.
-- At {table_name}.date_basis: expected {wanted}. Fix the basis, the dates, or the support of their evidence.
SELECT *, CASE WHEN contains(concat(start_edtf, end_edtf), '..') THEN 'bounded'
               WHEN key IN (SELECT row_id FROM support WHERE column_name IN ('start_edtf', 'end_edtf') AND support <> 'explicit')
               THEN 'resolved' ELSE 'stated' END AS wanted
FROM dated WHERE which = 'start' AND date_basis NOT IN ('undated', wanted);

-- rule: basis-on-words-of-time
-- The basis of a date rests on the date words, and on nothing where there is no date.
-- Why: how a date follows from the text is read from its words of time.
-- At {table_name}.date_basis: expected evidence of its own on the words of date_words, and only if there are such words. Anchor them.
SELECT DISTINCT d.* FROM dated d WHERE which = 'start' AND (date_basis <> 'undated') IS DISTINCT FROM EXISTS (
  FROM support b JOIN support w USING (table_name, row_id, source_id, char_start, char_end)
  WHERE b.table_name = d.table_name AND b.row_id = d.key AND b.column_name = 'date_basis' AND w.column_name = 'date_words');

-- rule: said-once
-- A statement that is not repeated ends when it starts.
-- Why: one utterance has one time.
-- At statements.end_edtf: expected '{start}', as it was said once. Fix start, end or is_repeated.
SELECT *, coalesce(start_edtf, '') AS start FROM statements WHERE NOT is_repeated AND start_edtf IS DISTINCT FROM end_edtf;

-- rule: ended-by-what-begins
-- What an event ended ends when that event begins.
-- Why: that is what the link says.
-- At event_links.linked_event_id: expected an event that ends when the event begins that ended it. Fix end_edtf there, or start_edtf of the event.
SELECT event_links.* FROM event_links JOIN events AS ending USING (event_id) JOIN events AS ended ON ended.event_id = linked_event_id
WHERE link_type = 'ended' AND ending.start_edtf IS DISTINCT FROM ended.end_edtf;

-- rule: day-of-a-status
-- The day as of which an agreement has its status is a day of an event or a statement.
-- Why: the time of a status is that of the events or words that give it.
-- At agreements.status_as_of_edtf: expected a day that an event or a statement has. Use the day of the words that give the status.
SELECT * FROM agreements, LATERAL (SELECT unnest(regexp_extract_all(status_as_of_edtf, '\d{4}-\d{2}-\d{2}')) AS day)
WHERE NOT EXISTS (FROM dated WHERE contains(edtf, day));

-- rule: date-of-a-reference
-- A reference whose citation gives a day has it as its date.
-- Why: readers filter by the column.
-- At sources.published_edtf: expected the date that the citation gives, {day}. Fill it.
SELECT *, regexp_extract(citation, '\b[0-9]{1,2} (January|February|March|April|May|June|July|August|September|October|' ||
                                   'November|December) [0-9]{4}') AS day
FROM sources WHERE source_type = 'reference' AND published_edtf IS NULL AND day <> '';

-- rule: date-in-the-citation
-- The day on which a source was published is in its citation.
-- Why: the two must agree.
-- At sources.published_edtf: expected '{day}' in the citation too. Fix one of the two.
SELECT *, strftime(try_strptime(published_edtf, '%Y-%m-%d'), '%-d %B %Y') AS day FROM sources
WHERE NOT contains(coalesce(citation, ''), day);
