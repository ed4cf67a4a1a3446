from griot.cli import main

raise SystemExit(main())
