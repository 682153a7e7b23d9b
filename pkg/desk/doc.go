// Package desk is what the processes know of the chats that wait for a person or
// are with one, and of the agents who are online: the entries of two buckets, the
// decisions that rest on them (assignment, position in the queue) as pure
// functions, and a Mirror that follows both buckets.
package desk
