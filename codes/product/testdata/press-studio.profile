manual-activator/1 product profile
vendor "Example Vendor"
anchor example-vendor/profile+cff47915+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c
uid 01020300000000000000000000000000
id press-studio
name "Press Studio"
release 4
releases 3 4
trial 14 0 0
tolerance 3 6
invalidate-on-move no
reactivate-on-release no
weight 3 1 3 mac
weight 3 2 3 system drive
definition 1 release
name "Press Studio"
description "Runs on this machine."
menu "Help > Activate"
shelf-life 10
strength short
reusable no
requires none
parameter 0 0 0
leaves none
definition 2 deactivate
name "Deactivate"
description ""
menu ""
shelf-life 10
strength short
reusable no
requires 1
parameter 0 0 0
leaves none
definition 3 reactivate
name "Reactivate"
description ""
menu ""
shelf-life 10
strength short
reusable no
requires none
parameter 0 0 0
leaves none
definition 4 trial-days
name "More days"
description ""
menu ""
shelf-life 0
strength short
reusable no
requires none
parameter 14 1 60
leaves none
definition 5 trial-hours
name "More hours"
description ""
menu ""
shelf-life 0
strength short
reusable no
requires none
parameter 8 1 100
leaves none
definition 6 trial-runs
name "More starts"
description ""
menu ""
shelf-life 0
strength short
reusable no
requires none
parameter 20 1 500
leaves none
definition 7 expire-on
name "Last day"
description ""
menu ""
shelf-life 0
strength short
reusable no
requires none
parameter 0 0 0
leaves none
definition 8 unlimited
name "No expiry"
description ""
menu ""
shelf-life 0
strength short
reusable yes
requires none
parameter 0 0 0
leaves none
definition 9 feature
name "Options"
description ""
menu ""
shelf-life 0
strength short
reusable no
requires 1
parameter 0 0 7
bit "color"
bit "spot \"gold\""
bit "nesting"
leaves none
definition 10 check-in
name "Give options back"
description ""
menu ""
shelf-life 0
strength short
reusable no
requires 9
parameter 0 0 0
leaves none
definition 11 recover
name "Repair"
description ""
menu ""
shelf-life 0
strength short
reusable no
requires none
parameter 0 0 0
leaves none
definition 12 composite
name "Studio with options"
description ""
menu ""
shelf-life 0
strength short
reusable no
requires none
parameter 0 0 0
leaves 1 9
definition 13 choice
name "Pick"
description ""
menu ""
shelf-life 0
strength short
reusable no
requires none
parameter 0 0 0
leaves 4 9 12
key 0 CQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
key 1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
test yes
signed 2026-11-22
serial 1
roster 3
AQAAAAAAAAAAAAAA
AgAAAAAAAAAAAAAA
AgEAAAAAAAAAAAAA
sunset 1
0700000000000000

— example-vendor/profile z/R5FZmubPrfeuDvqNM8WqjsTtXAtkZc65yG9xboVXVaLq9AqU42vujmhyIS0AeDUB1HO2zcX8Z4SKtcI8jfSM6J/AA=
