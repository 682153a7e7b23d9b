package conn

// ReadBuffer returns how many bytes are held for what the socket reads.
func (s *Socket) ReadBuffer() int { return s.in.Size() }
