package conn

// ReadBuffer returns how many bytes are held for what the socket reads.
func (s *Socket) ReadBuffer() int { return s.in.Size() }

// WriteWaits reports whether the socket has a deadline of writing.
func (s *Socket) WriteWaits() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.writeBy.IsZero()
}
