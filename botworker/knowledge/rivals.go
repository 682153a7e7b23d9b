package knowledge

// Where two places answer nearly as well, the bot offers both rather than quote one.
const (
	sureAlone   = 0.8              // from this confidence on a passage has no rival
	rivalShare  = 0.93             // how near a rival's score is
	rivals      = 3                // findings among which rivals are looked for
	contestedAt = Threshold - 0.01 // the confidence of a passage with a rival, at most
)

// passages are the passages of the findings, at most limit. Of two that are nearly as good
// and in different places, neither is sure unless its confidence is great: both are near.
func (ix *Index) passages(found []finding, limit int) []Passage {
	if len(found) == 0 {
		return nil
	}
	contested := ix.contested(found)
	sureness := found[0].sureness(ix.rival(found), found[0].unknown)
	if contested {
		sureness = min(sureness, Close)
	}
	out := make([]Passage, min(limit, len(found)))
	for i, f := range found[:len(out)] {
		out[i] = ix.docs[f.doc].Passage
		out[i].Confidence = f.confidence()
		if contested {
			out[i].Confidence = min(out[i].Confidence, contestedAt)
		}
	}
	out[0].Sureness = sureness
	return out
}

// contested reports whether a passage of another section is nearly as good as the best, and
// the best isn't sure. A rival that is sure takes its place.
func (ix *Index) contested(found []finding) bool {
	if found[0].confidence() >= sureAlone {
		return false
	}
	least := rivalShare * found[0].score()
	for i, f := range found[1:] {
		if f.score() <= least {
			return false
		}
		if ix.docs[f.doc].section == ix.docs[found[0].doc].section {
			continue
		}
		if f.confidence() < sureAlone {
			return true
		}
		copy(found[1:], found[:i+1])
		found[0] = f
		return false
	}
	return false
}
