package codes

// Answer is the content of an activation code (A). Most significant bit first,
// 110 bits:
//
//	day 14 | parameter 32 | tag 64
type Answer struct {
	Day       Day    // last day on which the code may be typed; 0 for no limit
	Parameter uint32 // meaning depends on the definition's type
	Tag       uint64 // see [Key.AnswerTag]
}

// Code writes the answer. It panics when Day is above [MaxDay].
func (a Answer) Code() Code {
	if a.Day > MaxDay {
		panic("codes: Answer.Code: day is out of range")
	}
	return Code{kind: KindActivation, v: value{mid: uint64(a.Day)<<32 | uint64(a.Parameter), lo: a.Tag}}
}

// Answer reads an activation code. Of a signed one the Tag is what stands for it
// in the key that follows, [SignedAnswer.Tag]: it proves nothing. It panics for
// other kinds: ask Kind first.
func (c Code) Answer() Answer {
	if c.kind == KindSigned {
		s := c.SignedAnswer()
		return Answer{Day: s.Day, Parameter: s.Parameter, Tag: s.Tag()}
	}
	c.must(c.kind == KindActivation, "Answer")
	return Answer{Day: Day(c.v.mid >> 32), Parameter: uint32(c.v.mid), Tag: c.v.lo}
}
