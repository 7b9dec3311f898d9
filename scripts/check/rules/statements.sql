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
