package check

import (
	"slices"
	"testing"

	"github.com/parley-chat/parley/test/load/internal/history"
)

func faultsOfViews() []fault {
	return []fault{
		{"an event is not told to one viewer", Gap, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "m5").Seq
			r.forget("ada2", r.told(t, "ada2", seq))
			return seq
		}},
		{"an event is not told, and the next names the one before it", Gap, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "m5").Seq
			i := r.told(t, "ada2", seq)
			r.clients["ada2"][i+1].Event.Prev = r.clients["ada2"][i].Event.Prev
			r.forget("ada2", i)
			return seq
		}},
		{"what was missed is not told after a reconnect", Gap, func(t *testing.T, r *run) uint64 {
			i := r.op(t, "ada1", history.Welcome, 1)
			seq := r.clients["ada1"][i+1].Event.Seq
			r.forget("ada1", i+1)
			return seq
		}},
		{"a later viewer begins too late", Gap, func(t *testing.T, r *run) uint64 {
			i := r.op(t, "cy", history.Watched, 0)
			seq := r.clients["cy"][i+1].Event.Seq
			r.forget("cy", i+1)
			return seq
		}},
		{"an agent is not told a note", Gap, func(t *testing.T, r *run) uint64 {
			seq := r.kind(t, "note", 1).Seq
			r.forget("bob", r.told(t, "bob", seq))
			return seq
		}},
		{"an event names another before it", Prev, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "m6").Seq
			r.clients["ada2"][r.told(t, "ada2", seq)].Event.Prev--
			return seq
		}},
		{"the first event after a reconnect names another before it", Prev, func(t *testing.T, r *run) uint64 {
			e := r.clients["ada1"][r.op(t, "ada1", history.Welcome, 1)+1].Event
			e.Prev--
			return e.Seq
		}},
		{"an event is told twice", Repeated, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "m6").Seq
			i := r.told(t, "ada2", seq)
			r.clients["ada2"] = slices.Insert(r.clients["ada2"], i+1, r.clients["ada2"][i])
			return seq
		}},
		{"what was seen is told again after a reconnect", Repeated, func(t *testing.T, r *run) uint64 {
			i := r.op(t, "ada1", history.Welcome, 1)
			e := r.clients["ada1"][r.told(t, "ada1", r.clients["ada1"][i-1].Since)]
			e.Conn = r.clients["ada1"][i].Conn
			r.clients["ada1"] = slices.Insert(r.clients["ada1"], i+1, e)
			return e.Event.Seq
		}},
		{"two events are swapped for one viewer", Disordered, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "m6").Seq
			i := r.told(t, "ada2", seq)
			a, b := &r.clients["ada2"][i], &r.clients["ada2"][i+1]
			a.Event, b.Event = b.Event, a.Event
			return seq
		}},
		{"a viewer is told another text", Differs, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "m6").Seq
			r.clients["ada2"][r.told(t, "ada2", seq)].Event.Text = "changed"
			return seq
		}},
		{"a viewer is told another time", Differs, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "m6").Seq
			r.clients["ada2"][r.told(t, "ada2", seq)].Event.At = "2026-01-31T12:00:00Z"
			return seq
		}},
		{"a view says that nothing stands before it", More, func(t *testing.T, r *run) uint64 {
			i := r.op(t, "ada1", history.Welcome, 1)
			r.clients["ada1"][i].More = false
			return r.clients["ada1"][i].Seq
		}},
		{"a welcome does not know what was acknowledged", Stale, func(t *testing.T, r *run) uint64 {
			i := r.op(t, "ada2", history.Welcome, 0)
			r.clients["ada2"][i].Seq = 0
			return r.id(t, "m1").Seq
		}},
		{"an agent's view does not know what was acknowledged", Stale, func(t *testing.T, r *run) uint64 {
			i := r.op(t, "cy", history.Watched, 0)
			r.clients["cy"][i].Seq = r.id(t, "t1").Seq
			return r.id(t, "m7").Seq
		}},
		{"the last event is never told", Unseen, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "m9").Seq
			r.forget("ada2", r.told(t, "ada2", seq)) // and the next entry
			r.forget("ada2", r.told(t, "ada2", r.kind(t, "reply", 5).Seq))
			r.clients["ada2"][r.op(t, "ada2", history.End, 0)].At++ // later than the acknowledgement by more than the grace period
			return seq
		}},
		{"a page without what was just acknowledged", PageStale, func(t *testing.T, r *run) uint64 {
			page := &r.clients["ada1"][r.op(t, "ada1", history.Page, 0)]
			i := slices.IndexFunc(page.Events, func(e history.Event) bool { return e.ID == "s2" })
			page.Events = page.Events[:i]
			return r.id(t, "s2").Seq
		}},
		{"a page with a hole", PageHole, func(t *testing.T, r *run) uint64 {
			page := &r.clients["bob"][r.op(t, "bob", history.Page, 0)]
			seq := page.Events[2].Seq
			page.Events = slices.Delete(page.Events, 2, 3)
			return seq
		}},
		{"a page that ends too early", PageHole, func(t *testing.T, r *run) uint64 {
			page := &r.clients["bob"][r.op(t, "bob", history.Page, 1)]
			n := len(page.Events)
			seq := page.Events[n-1].Seq
			page.Events = page.Events[:n-1]
			return seq
		}},
		{"a page in disorder", PageHole, func(t *testing.T, r *run) uint64 {
			page := &r.clients["bob"][r.op(t, "bob", history.Page, 0)]
			page.Events[2], page.Events[3] = page.Events[3], page.Events[2]
			return page.Events[2].Seq
		}},
		{"a page that says that there is no more", More, func(t *testing.T, r *run) uint64 {
			page := &r.clients["bob"][r.op(t, "bob", history.Page, 0)]
			page.More = false
			return page.Events[0].Seq
		}},
		{"an event of a page names another before it", Prev, func(t *testing.T, r *run) uint64 {
			page := &r.clients["bob"][r.op(t, "bob", history.Page, 0)]
			page.Events[2].Prev--
			return page.Events[2].Seq
		}},
		{"an event of another chat", Unasked, func(t *testing.T, r *run) uint64 {
			i := r.told(t, "ada1", r.id(t, "m1").Seq)
			e := r.clients["ada1"][i]
			at := r.op(t, "eve", history.Welcome, 0)
			e.Conn = r.clients["eve"][at].Conn
			r.clients["eve"] = slices.Insert(r.clients["eve"], at+1, e)
			return e.Event.Seq
		}},
		{"a note is shown to a visitor", NoteShown, func(t *testing.T, r *run) uint64 {
			note := r.kind(t, "note", 0)
			i := r.told(t, "ada2", r.id(t, "m6").Seq)
			e := r.clients["ada2"][i]
			told := asSeen(note, visitorEyes)
			told.Prev = e.Event.Prev
			e.Event = &told
			r.clients["ada2"] = slices.Insert(r.clients["ada2"], i, e)
			return note.Seq
		}},
		{"an account is shown to a visitor", UserShown, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "s1").Seq
			r.clients["ada2"][r.told(t, "ada2", seq)].Event.User = "bob"
			return seq
		}},
	}
}
