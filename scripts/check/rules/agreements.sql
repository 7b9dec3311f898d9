-- Agreements, their terms, and claims about keeping them.

-- rule: conclusions-differ
-- No two agreements were concluded by one event.
-- Why: each has a conclusion of its own.
-- At agreements.concluded_event_id: expected an event of no other agreement. Fix one of the two.
SELECT * FROM agreements WHERE concluded_event_id IS NOT NULL QUALIFY count(*) OVER (PARTITION BY concluded_event_id) > 1;

-- rule: effects-differ
-- No two agreements are in effect by one event.
-- Why: each has an effect of its own.
-- At agreements.effective_event_id: expected an event of no other agreement. Fix one of the two.
SELECT * FROM agreements WHERE effective_event_id IS NOT NULL QUALIFY count(*) OVER (PARTITION BY effective_event_id) > 1;

-- rule: conditions-are-set
-- A condition is asserted by a statement that sets a condition.
-- Why: the basis of a term says by which speech act it is put forward.
-- At ceasefire_terms.term_basis: expected another basis: {term_basis} is asserted by a statement that does set_condition. Fix one of the two.
SELECT * FROM ceasefire_terms WHERE term_basis IN ('conditional_step', 'party_condition')
  AND NOT EXISTS (FROM asserted JOIN statements USING (statement_id) WHERE key = term_id AND speech_act = 'set_condition');

-- rule: demands-are-made
-- A demand is asserted by a statement that urges or demands.
-- Why: the basis of a term says by which speech act it is put forward.
-- At ceasefire_terms.term_basis: expected another basis: {term_basis} is asserted by a statement that does urge or demand. Fix one of the two.
SELECT * FROM ceasefire_terms WHERE term_basis = 'party_demand'
  AND NOT EXISTS (FROM asserted JOIN statements USING (statement_id) WHERE key = term_id AND speech_act IN ('urge', 'demand'));

-- rule: offers-are-made
-- An offer is asserted by a statement that consents or commits.
-- Why: the basis of a term says by which speech act it is put forward.
-- At ceasefire_terms.term_basis: expected another basis: {term_basis} is asserted by a statement that does consent or commit. Fix one of the two.
SELECT * FROM ceasefire_terms WHERE term_basis = 'party_offer'
  AND NOT EXISTS (FROM asserted JOIN statements USING (statement_id) WHERE key = term_id AND speech_act IN ('consent', 'commit'));

-- rule: party-terms-have-a-proponent
-- A condition, demand or offer of a party has a proponent among its actors.
-- Why: it is the party that puts it forward.
-- At ceasefire_terms.term_basis: expected a proponent among its actors, as it is a party's. Add it.
SELECT * FROM ceasefire_terms WHERE term_basis IN ('party_condition', 'party_demand', 'party_offer')
  AND NOT EXISTS (FROM term_actors a WHERE a.term_id = ceasefire_terms.term_id AND actor_role = 'proponent');

-- rule: agreed-terms-have-no-proponent
-- An agreed term or arrangement has no proponent.
-- Why: both sides agreed to it.
-- At ceasefire_terms.term_basis: expected no proponent, as it is agreed. Fix the basis or the actor's role.
SELECT * FROM ceasefire_terms WHERE term_basis IN ('agreed_term', 'linked_arrangement')
  AND EXISTS (FROM term_actors a WHERE a.term_id = ceasefire_terms.term_id AND actor_role = 'proponent');

-- rule: agreed-terms-oblige
-- An agreed term obliges an actor.
-- Why: terms bind whom the words bind.
-- At ceasefire_terms.term_basis: expected an obligated actor. Add it.
SELECT * FROM ceasefire_terms WHERE term_basis = 'agreed_term'
  AND NOT EXISTS (FROM term_actors a WHERE a.term_id = ceasefire_terms.term_id AND actor_role = 'obligated');

-- rule: obligations-are-conduct
-- A term that obliges an actor asks for conduct.
-- Why: who is obliged is to do something, or to refrain from it.
-- At ceasefire_terms.conduct_type: expected a conduct, as an actor is obligated. Fix the conduct or the actor's role.
SELECT * FROM ceasefire_terms WHERE conduct_type = 'no_conduct'
  AND EXISTS (FROM term_actors a WHERE a.term_id = ceasefire_terms.term_id AND actor_role = 'obligated');

-- rule: claims-about-terms-of-the-agreement
-- The term of a compliance claim is one of its agreement.
-- Why: a claim is about one agreement.
-- At compliance_claims.term_id: expected a term of {agreement}. Fix one of the two.
SELECT c.*, coalesce(c.agreement_id, 'no agreement') AS agreement FROM compliance_claims c JOIN ceasefire_terms t USING (term_id)
WHERE t.agreement_id IS DISTINCT FROM c.agreement_id;

-- rule: claimed-terms-are-linked
-- The term of a compliance claim is one to which its statement points.
-- Why: the statement links say what a statement is about.
-- At compliance_claims.term_id: expected a term to which the statement points. Add the link, or fix the claim.
SELECT * FROM compliance_claims c WHERE term_id IS NOT NULL
  AND NOT EXISTS (FROM statement_links l WHERE l.statement_id = c.statement_id AND l.term_id = c.term_id);

-- rule: claimed-agreements-are-linked
-- The agreement of a compliance claim, or its term, is one to which its statement points.
-- Why: the statement links say what a statement is about.
-- At compliance_claims.agreement_id: expected an agreement or term to which a link of the statement points. Add the statement link, or fix the claim.
SELECT * FROM compliance_claims c WHERE NOT EXISTS (
  FROM statement_links l WHERE l.statement_id = c.statement_id AND (l.term_id = c.term_id OR l.agreement_id = c.agreement_id));

-- rule: claims-name-their-term
-- A compliance claim names the term if its statement points to one and not to the agreement as a whole.
-- Why: which term is said to be broken is what users look for.
-- At compliance_claims.term_id: expected the term to which the statement points. Fill it.
SELECT * FROM compliance_claims c WHERE term_id IS NULL
  AND EXISTS (FROM statement_links l WHERE l.statement_id = c.statement_id AND l.term_id IS NOT NULL)
  AND NOT EXISTS (FROM statement_links l WHERE l.statement_id = c.statement_id AND l.agreement_id = c.agreement_id);

-- rule: assessed-actors-are-spoken-of
-- The actor that a compliance claim assesses is an actor of its statement.
-- Why: who is accused is addressed or spoken of.
-- At compliance_claims.assessed_actor_id: expected an actor of the statement. Add the part to statement_actors, or fix the claim.
SELECT * FROM compliance_claims c WHERE assessed_actor_id IS NOT NULL
  AND NOT EXISTS (FROM statement_actors a WHERE a.statement_id = c.statement_id AND a.actor_id = c.assessed_actor_id);
