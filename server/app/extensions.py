"""Flask extensions: created here, bound by create_app()."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa
from flask import has_app_context
from flask_cors import CORS
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, Session

# Migrations can drop a constraint only by its name, and SQLite names none itself.
NAMING = {
    "pk": "pk_%(table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class Base(DeclarativeBase):
    """Declarative base with one naming convention for every constraint."""

    metadata = MetaData(naming_convention=NAMING)


class UnitSession(FlaskSession):
    """A session that, outside a use case, only reads (`transaction.py` ensures this), on the reading engine."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kwargs: Any) -> Any:
        """Return the engine, or its reading variant outside a use case."""
        engine = bind or self._db.engine
        return reading(engine) if isinstance(engine, sa.Engine) and "unit" not in self.info else engine


# Cached, since `execution_options` makes a new engine object at each call.
@lru_cache(maxsize=8)
def reading(engine: sa.Engine) -> sa.Engine:
    """Return the engine for connections that only read."""
    return engine.execution_options(reading=True)


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    # expire_on_commit=False: rows stay readable after a commit without another query.
    session_options={"class_": UnitSession, "expire_on_commit": False},
)
if TYPE_CHECKING:

    class Model(Base):
        """The type of `db.Model`, which type checkers cannot infer."""

        __abstract__ = True
        __table__: ClassVar[sa.Table]

else:
    Model = db.Model
migrate = Migrate(compare_type=True, render_as_batch=True)  # SQLite cannot alter tables: batch mode copies them
cors = CORS()


def open_session() -> Session | None:
    """Return the session of this application context if one is in use, else None."""
    if has_app_context() and db.session.registry.has():
        return db.session()
    return None
