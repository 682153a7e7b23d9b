package live

import "github.com/parley-chat/parley/gateway/conn"

// Moved has everybody who is shown a chat that is no longer where it was come again: they go on
// with since at its new home, and miss nothing. It is quick, and may be called at any time.
func (h *Hub) Moved() {
	if h.regions == nil {
		return
	}
	for _, c := range h.gone() {
		c.end()
	}
}

// gone takes out the channels of chats that are elsewhere by now.
func (h *Hub) gone() (list []*channel) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return nil
	}
	for id, c := range h.channels {
		select {
		case <-c.ready:
		default:
			continue // it has not begun, and may still find the new home: the audit looks again
		}
		if c.from != nil && (c.from.conn.Region() != h.regions.HomeOf(id) || c.moves != c.from.conn.Moves(id)) {
			delete(h.channels, id) // whoever comes again gets another one
			list = append(list, c)
		}
	}
	return list
}

// end closes the connections of all subscribers.
func (c *channel) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for v := range c.subscribers {
		v.sock.Close(conn.GoingAway)
	}
}
