package limit

// byWhole is a heap of accounts: the one that is whole again first is at its root. That
// moment stays what it is while nothing is charged, so time alone moves nothing.
type byWhole[K comparable] []*account[K]

func (h *byWhole[K]) add(a *account[K]) {
	a.place = len(*h)
	*h = append(*h, a)
	h.up(a)
}

func (h *byWhole[K]) remove(a *account[K]) {
	last := len(*h) - 1
	moved := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	if moved != a {
		(*h)[a.place], moved.place = moved, a.place
		h.moved(moved)
	}
	a.place = -1
}

// moved restores the order after a.whole has changed. An account that is not there is
// left alone.
func (h *byWhole[K]) moved(a *account[K]) {
	if a.place >= 0 {
		h.up(a)
		h.down(a)
	}
}

func (h *byWhole[K]) up(a *account[K]) {
	s, i := *h, a.place
	for i > 0 {
		parent := (i - 1) / 2
		if s[parent].whole <= a.whole {
			break
		}
		s[i] = s[parent]
		s[i].place = i
		i = parent
	}
	s[i], a.place = a, i
}

func (h *byWhole[K]) down(a *account[K]) {
	s, i := *h, a.place
	for {
		child := 2*i + 1
		if child >= len(s) {
			break
		}
		if right := child + 1; right < len(s) && s[right].whole < s[child].whole {
			child = right
		}
		if a.whole <= s[child].whole {
			break
		}
		s[i] = s[child]
		s[i].place = i
		i = child
	}
	s[i], a.place = a, i
}

// first returns the account that is whole first, of those at i and below it that are not
// in keep, or nil. It looks below an account only if that is in keep: at a few.
func (h byWhole[K]) first(i int, keep []Level[K]) *account[K] {
	if i >= len(h) {
		return nil
	}
	if !h[i].in(keep) {
		return h[i]
	}
	left, right := h.first(2*i+1, keep), h.first(2*i+2, keep)
	if left == nil || right != nil && right.whole < left.whole {
		return right
	}
	return left
}

func (a *account[K]) in(levels []Level[K]) bool {
	for _, l := range levels {
		if l.Key == a.key {
			return true
		}
	}
	return false
}
