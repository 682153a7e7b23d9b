package admission

import "time"

const (
	noRoom = "There is no room to store messages at the moment. It is tried again by itself."
	// roomAgain is when to try again after noRoom.
	roomAgain = 4 * time.Second
)

// Room refuses while there is no room to store anything.
func (a *Admission) Room() error {
	if a.opts.Room == nil || a.opts.Room() == nil {
		return nil
	}
	return a.NoRoom()
}

// NoRoom is the refusal of what could not be stored for want of room.
func (a *Admission) NoRoom() error { return overloaded(shedRoom, noRoom, spread(roomAgain)) }
