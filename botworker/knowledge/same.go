package knowledge

import "strings"

// alsoAsked adds where the words stand that say the same as the word.
func (ix *Index) alsoAsked(word string, a askedTerm) askedTerm {
	also := ix.saying(word)
	if also.all == 0 {
		return a
	}
	a.also = also
	all := make([]int32, 0, a.post.all+also.all)
	all = append(append(all, a.post.docs()...), also.docs()...)
	a.holding = len(distinct(all))
	a.same = idf(len(ix.docs), a.holding)
	own := a.idf
	if a.idf = a.same; a.post.all > 0 {
		a.idf = ownWeight*own + (1-ownWeight)*a.same
	}
	return a
}

// saying is where any word or phrase stands that says the same as the word.
func (ix *Index) saying(word string) posting {
	var found columns
	for _, list := range ix.thesaurus.same[key(word)] {
		for _, w := range list {
			if parts := strings.FieldsFunc(w, func(r rune) bool { return r == ' ' || r == '-' }); len(parts) > 1 {
				where := ix.standing(parts)
				for c := range allColumns {
					found[c] = append(found[c], where[c]...)
				}
				continue
			}
			for _, f := range ix.words.of(w) {
				for c := range allColumns {
					found[c] = append(found[c], ix.posts[f][c]...)
				}
			}
		}
	}
	for c := range allColumns {
		found[c] = merged(found[c])
	}
	return ix.weighed(found, nil)
}

// SearchAfter is Search for a question that leaves out what the one before it said: "And to
// Germany?" after "Do you ship to Norway?". Passages without a word of the query itself are
// not found. It also says how many words the query itself has that count.
func (ix *Index) SearchAfter(query, before string, limit int) (found []Passage, words int) {
	terms := ix.terms(query)
	if limit <= 0 {
		return nil, len(terms)
	}
	return ix.passages(ix.best(query, terms, ix.terms(before), max(limit, rivals)), limit), len(terms)
}
