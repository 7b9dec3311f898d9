-- What records of the work say of days: nobody has read what was not there yet.

-- rule: seen-once-published
-- A source was not seen before it was published.
-- Why: one of the two dates is wrong.
-- At sources.accessed_on: expected a day from {first_day} on, when it was published. Correct one of the two dates.
SELECT sources.*, first_day FROM sources JOIN edtf_days ON edtf = published_edtf WHERE accessed_on < first_day;
