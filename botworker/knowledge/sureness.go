package knowledge

// Sureness is how far the best passage can be trusted to answer the query. It decides what
// the bot does with it.
type Sureness int

// How sure a passage is, the least first.
const (
	Unlikely Sureness = iota // it has too little of the query to be quoted
	Close                    // it may answer it, and so may others: all are only offered
	Likely                   // it is quoted, as something that may help
	Sure                     // it is quoted as the answer
)

// What speaks for the best passage beside its confidence. Fitted by logistic regression to
// the questions of two businesses and of the built-in pages, with the thesaurus and without
// it, rounded, and in shares of the confidence's weight; see docs/decisions/0050. Each set
// was judged by what the others taught.
const (
	evidenceScore  = 0.13 // its score, which also knows how well heading and section fit
	evidenceRival  = 0.5  // against it: the share of that score which another section has
	evidenceRarity = 0.4  // how rare the rarest word is that it has of the query
)

// The evidence from which a passage is sure, or likely. At these lines about four of five
// passages were right ones, and about three of five.
const (
	sureFrom   = 1.3
	likelyFrom = 1.05
	// From here it is likely although the pages have nothing for some word of the query.
	likelyUnknown = 1.2
)

// sureness judges the best passage. Rival is the score of the best one in another section,
// and unknown says that the pages have nothing for some word of the query: what is asked
// about may be just that, so that more has to speak for the passage.
func (f finding) sureness(rival float64, unknown bool) Sureness {
	if f.confidence() < Threshold {
		return Unlikely
	}
	switch evidence := f.confidence() + evidenceScore*f.score() - evidenceRival*rival/f.score() + evidenceRarity*f.rarity; {
	case evidence >= sureFrom:
		return Sure
	case evidence >= likelyUnknown, evidence >= likelyFrom && !unknown:
		return Likely
	}
	return Close
}

// rival is the score of the best finding that is in another section than the first.
func (ix *Index) rival(found []finding) float64 {
	for _, f := range found[1:] {
		if ix.docs[f.doc].section != ix.docs[found[0].doc].section {
			return f.score()
		}
	}
	return 0
}
