from scripts.build.command import main

raise SystemExit(main())
