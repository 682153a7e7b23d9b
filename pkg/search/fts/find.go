package fts

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/search"
)

const (
	// A question is looked through in pieces that grow, until the page is full, all was seen or
	// the budget is used up: then the page says where to go on.
	firstPiece, lastPiece = 128, 8192
	budget                = 100 * time.Millisecond
)

// Find answers a question with what the scope has of it, the newest first.
func (x *Index) Find(ctx context.Context, q search.Query, s search.Scope, p search.Page) (search.Found, error) {
	found := search.Found{Hits: []search.Hit{}}
	if s.Chat != "" { // what a visitor may not know can't be asked for, either
		q.Tags, q.Agents, q.Teams, q.Status, q.Rating = nil, nil, nil, nil, search.Rating{}
	}
	w := walk{x: x, q: &q, s: s, limit: min(max(p.Limit, 1), search.MaxPage), until: time.Now().Add(budget)}
	if q.Empty() || !s.All && s.User == "" && len(s.Teams) == 0 && s.Chat == "" {
		return found, nil
	}
	at, err := w.start(p.After)
	if err != nil {
		return found, err
	}
	piece := w.events
	if !q.OfEvents() {
		piece = w.chats
	}
	w.prepare()
	for size := firstPiece; ; size = min(size*4, lastPiece) {
		next, err := piece(ctx, at, size, &found)
		if err != nil {
			return found, fmt.Errorf("search: %w", err)
		}
		if next == nil {
			return found, nil
		}
		at = *next
		if len(found.Hits) >= w.limit || time.Now().After(w.until) {
			found.Next = at.String()
			return found, nil
		}
	}
}

// position is the last that a walk has seen: an event by its identifier, or a chat by its time and
// its number.
type position struct{ at, n int64 }

func (p position) String() string {
	return strconv.FormatInt(p.at, 36) + "." + strconv.FormatInt(p.n, 36)
}

// walk is one question.
type walk struct {
	x     *Index
	q     *search.Query
	s     search.Scope
	limit int
	until time.Time

	match      string
	low, high  int64 // of identifiers: from low up to below high
	conditions string
	args       []any
}

func (w *walk) start(after string) (p position, err error) {
	if after == "" {
		return position{math.MaxInt64, 0}, nil
	}
	a, b, ok := strings.Cut(after, ".")
	if p.at, err = strconv.ParseInt(a, 36, 64); err == nil {
		p.n, err = strconv.ParseInt(b, 36, 64)
	}
	if !ok || err != nil {
		return p, search.ErrPage
	}
	return p, nil
}

// prepare writes the conditions. Whatever came from outside is an argument, or consists of letters
// and digits.
func (w *walk) prepare() {
	w.low, w.high = math.MinInt64, math.MaxInt64
	if !w.q.After.IsZero() {
		w.low = idAt(w.q.After)
	}
	if !w.q.Before.IsZero() {
		w.high = idAt(w.q.Before)
	}
	w.match = matching(w.q.Terms)
	w.where("c.gone = 0")
	switch s := w.s; {
	case s.Chat != "":
		var kinds []string
		for _, k := range chat.KindsFor(chat.RoleVisitor) {
			kinds = append(kinds, string(k))
		}
		w.where("c.chat = ?", string(s.Chat))
		w.anyOf("d.kind", kinds)
	case !s.All:
		in, args := oneOf("c.team", s.Teams)
		w.where("("+in+" OR c.holder <> '' AND c.holder = ?)", append(args, s.User)...)
	}
	q := w.q
	if q.OfEvents() && len(q.Terms) == 0 {
		w.where("d.kind <> ?", string(search.Name))
	}
	for _, tag := range q.Tags {
		w.where("instr(c.folded, ?) > 0", "\n"+tag+"\n")
	}
	w.hasAny("c.agents", q.Agents)
	w.anyOf("lower(c.team)", q.Teams)
	var status []string
	for _, s := range q.Status {
		status = append(status, string(s))
		if s == chat.WithBot {
			status = append(status, "") // nobody was answered yet
		}
	}
	w.anyOf("c.status", status)
	if r := q.Rating; r != (search.Rating{}) {
		w.where("c.rating BETWEEN ? AND ? AND c.rating > 0", r.Min, r.Max)
	}
	if len(q.From) > 0 {
		in, args := oneOf("d.role", q.From)
		has, more := hasAny("d.who", q.From)
		w.where("("+in+" OR "+has+")", append(args, more...)...)
	}
}

func (w *walk) where(condition string, args ...any) {
	if w.conditions != "" {
		w.conditions += " AND "
	}
	w.conditions += condition
	w.args = append(w.args, args...)
}

func (w *walk) anyOf(column string, values []string) {
	if len(values) > 0 {
		in, args := oneOf(column, values)
		w.where(in, args...)
	}
}

func (w *walk) hasAny(column string, names []string) {
	if len(names) > 0 {
		has, args := hasAny(column, names)
		w.where(has, args...)
	}
}

func oneOf(column string, values []string) (string, []any) {
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	return column + " IN (" + strings.TrimSuffix(strings.Repeat("?,", len(values)), ",") + ")", args
}

func hasAny(column string, names []string) (string, []any) {
	var conditions []string
	var args []any
	for _, name := range names {
		conditions, args = append(conditions, "instr("+column+", ?) > 0"), append(args, " "+name+" ")
	}
	return "(" + strings.Join(conditions, " OR ") + ")", args
}

// matching writes the terms as FTS5 reads them.
func matching(terms []search.Term) string {
	var all []string
	for _, t := range terms {
		phrase := `"` + strings.Join(t.Words, " ") + `"`
		if t.Prefix {
			phrase += " *"
		}
		all = append(all, phrase)
	}
	return strings.Join(all, " AND ")
}

const columns = `SELECT d.id, c.chat, d.seq, d.at, d.kind, d.role, d.name, d.text, c.visitor, c.status, c.team, c.tags, c.rating, c.at, c.n `

// events looks through the next piece of what has the words. It returns where to go on, or nil.
func (w *walk) events(ctx context.Context, at position, size int, found *search.Found) (*position, error) {
	high := min(at.at, w.high)
	seen, args := "SELECT rowid AS r FROM words WHERE words MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT ?", []any{w.match, w.low, high, size}
	switch {
	case w.s.Chat != "" || w.match == "":
		seen, args = "SELECT id AS r FROM docs WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?", []any{w.low, high, size}
	}
	if w.s.Chat != "" { // one chat is small: its texts are read
		seen, args = "SELECT id AS r FROM docs WHERE chat = (SELECT n FROM chats WHERE chat = ?) AND id >= ? AND id < ? ORDER BY id DESC LIMIT ?", []any{string(w.s.Chat), w.low, high, size}
	}
	missing := w.limit - len(found.Hits)
	if w.s.Chat != "" {
		missing = size
	}
	query := columns + "FROM (" + seen + ") JOIN docs d ON d.id = r JOIN chats c ON c.n = d.chat WHERE " + w.conditions + " ORDER BY d.id DESC LIMIT ?"
	last, err := w.collect(ctx, query, append(append(args, w.args...), missing), found)
	if err != nil || len(found.Hits) >= w.limit {
		return last, err
	}
	return w.end(ctx, "SELECT count(*), min(r), 0 FROM ("+seen+")", args, size)
}

// chats looks through the next piece of the chats.
func (w *walk) chats(ctx context.Context, at position, size int, found *search.Found) (*position, error) {
	low, high := int64(math.MinInt64), at.at
	if !w.q.After.IsZero() {
		low = w.q.After.UnixMilli()
	}
	if !w.q.Before.IsZero() {
		high = min(high, w.q.Before.UnixMilli()-1)
	}
	n := at.n
	if high < at.at {
		n = 0
	}
	seen := "SELECT n AS r, at AS t FROM chats WHERE gone = 0 AND at >= ? AND (at, n) <= (?, ?) AND at <= ? ORDER BY at DESC, n DESC LIMIT ?"
	if n == 0 {
		n = math.MaxInt64
	} else {
		n--
	}
	args := []any{low, high, n, high, size}
	query := columns + "FROM (" + seen + ") JOIN chats c ON c.n = r JOIN docs d ON d.id = (SELECT id FROM docs WHERE chat = c.n ORDER BY seq DESC, kind = 'name' LIMIT 1) WHERE " + w.conditions + " ORDER BY c.at DESC, c.n DESC LIMIT ?"
	last, err := w.collect(ctx, query, append(append(args, w.args...), w.limit-len(found.Hits)), found)
	if err != nil || len(found.Hits) >= w.limit {
		return last, err
	}
	return w.end(ctx, "SELECT count(*), min(t), (SELECT r FROM ("+seen+") ORDER BY t, r LIMIT 1) FROM ("+seen+")", append(args, args...), size)
}

// end returns where the next piece begins, or nil if this was the last one.
func (w *walk) end(ctx context.Context, query string, args []any, size int) (*position, error) {
	var count int
	var at, n sql.NullInt64
	if err := w.x.read.QueryRowContext(ctx, query, args...).Scan(&count, &at, &n); err != nil {
		return nil, err
	}
	if count < size {
		return nil, nil
	}
	return &position{at.Int64, n.Int64}, nil
}

// collect adds hits until the page is full, and returns the position of the last one.
func (w *walk) collect(ctx context.Context, query string, args []any, found *search.Found) (last *position, err error) {
	rows, err := w.x.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() && len(found.Hits) < w.limit {
		var h search.Hit
		var id, seq, at, chatAt, n int64
		var text, tags string
		if err := rows.Scan(&id, &h.Chat, &seq, &at, &h.Kind, &h.Role, &h.Name, &text, &h.Visitor, &h.Status, &h.Team, &tags, &h.Rating, &chatAt, &n); err != nil {
			return nil, err
		}
		last = &position{at: id}
		if !w.q.OfEvents() {
			last = &position{chatAt, n}
		}
		marks, all := w.q.Marks(text)
		if !all {
			continue // of a chat's texts that were read; the words of others match
		}
		h.Seq, h.At, h.Snippet = uint64(seq), time.Unix(0, at).UTC(), search.Show(text, marks)
		if h.Status == "" {
			h.Status = chat.WithBot
		}
		if tags != "" {
			h.Tags = strings.Split(tags, "\n")
		}
		if w.s.Chat != "" { // what visitors may not know
			h.Visitor, h.Team, h.Tags = "", "", nil
		}
		found.Hits = append(found.Hits, h)
	}
	return last, rows.Err()
}
