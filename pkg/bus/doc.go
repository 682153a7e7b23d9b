// Package bus is Parley's view of NATS: the streams that hold the chats, the guarded
// append, the durable consumers, the live feed, the services and the buckets. It is
// the only importer of nats.go, so every subject and every promise about
// acknowledgement is found here.
//
// [Connect] returns a [Conn], which is for everything. Its methods, and the functions
// that take one, fall into groups:
//
//   - Append stores events. A visitor's input is stored once under its id
//     ([Conn.AppendIn]), so is an agent's note ([Conn.Append]); whoever speaks for
//     the system appends only on the state that it has seen ([Conn.GuardedAppend]).
//   - Read returns a chat's events and state from its stream: [Conn.TailOf],
//     [Conn.TailPart], [Conn.Inputs], [Conn.LastInput], [Conn.LastSeq], [Conn.NextSeq]
//     and [Conn.Last] from the stream's leader, [Conn.ReadAtLeast] from any copy that is
//     new enough. [AtLeast] repeats a read until it is as new as its caller.
//   - Consume gives stored events to the replicas of a role, each to one of them, until
//     it is handled: [Conn.Consume], [Conn.ConsumeBatches] and, for what is due,
//     [Conn.SetTimer] and [Conn.ConsumeTimers].
//   - Dead letters are the events that a role gave up: [Conn.RecordDeadLetter],
//     [Conn.DeadLetters], [Conn.DeadLetter], [Conn.EventOf], [Conn.DropDeadLetter]; to
//     handle them again, [Conn.Replay], [Conn.ReplayTimers] and [Conn.ReplayDeadLetter].
//   - Follow shows chats as they happen, and may miss something: [Conn.NewFeed],
//     [Conn.SendSignal]. [Feed] says when it did.
//   - Call asks a replica of another role: [Conn.Serve], [Conn.ServeWithConcurrency] and
//     [Handle] on one side, [Call] and [Ask] on the other; [Conn.Replicas] lists who
//     serves.
//   - Buckets hold values that any process may change: [OpenBucket].
//   - Files wait in an object store until they are in the file store: [Conn.OpenFiles].
//   - Streams are kept in shape by [Conn.MakeAll], [Conn.PurgeStored],
//     [Conn.PurgedThrough], [Conn.Acknowledged], [Conn.RenewSealKey] and, over the nodes
//     of a cluster, [Conn.Balance].
//   - Inspect shows operators how everything is: [Conn.Overview], [Conn.Backlog],
//     [Conn.WatchLag], [Conn.WatchTimerLag].
//   - The connection itself: [Conn.Ready], [Conn.Clustered], [Conn.Close].
//
// Errors say what may have happened: see [ErrConflict], [ErrNotFound],
// [ErrUnavailable], [Permanent] and [Refusal].
package bus
